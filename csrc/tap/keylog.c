/* Key log: see the header. A line is LABEL SP client_random SP secret, the last two in hex.
 * SPDX-License-Identifier: MIT */
#include "tap/keylog.h"

#include "base/cursor.h"
#include "base/memory.h"

/* The labels of RFC 9850 section 3, and the lengths that their secrets have. */
static const struct {
    const char *label;
    size_t shortest;
    size_t longest;
} labels[] = {
    {"CLIENT_RANDOM", 48, 48},
    {"CLIENT_EARLY_TRAFFIC_SECRET", 32, 64},
    {"EARLY_EXPORTER_SECRET", 32, 64},
    {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", 32, 64},
    {"SERVER_HANDSHAKE_TRAFFIC_SECRET", 32, 64},
    {"CLIENT_TRAFFIC_SECRET_", 32, 64}, /* and a number */
    {"SERVER_TRAFFIC_SECRET_", 32, 64},
    {"EXPORTER_SECRET", 32, 64},
};

static bool label_fits(hsi_bytes label, const char *known)
{
    size_t length = strlen(known);
    if (label.length < length || memcmp(label.data, known, length) != 0) {
        return false;
    }
    if (known[length - 1] != '_') {
        return label.length == length;
    }
    for (size_t i = length; i < label.length; i++) {
        if (label.data[i] < '0' || label.data[i] > '9') {
            return false;
        }
    }
    return label.length > length;
}

static bool known_label(hsi_bytes label, size_t length)
{
    for (size_t i = 0; i < HSI_COUNT(labels); i++) {
        if (label_fits(label, labels[i].label)) {
            return length >= labels[i].shortest && length <= labels[i].longest;
        }
    }
    return false;
}

/* Takes the next word: up to a space or the end. */
static hsi_bytes next_word(hsi_cursor *in)
{
    while (!hsi_cursor_empty(in) && *in->at == ' ') {
        in->at++;
    }
    const uint8_t *start = in->at;
    while (!hsi_cursor_empty(in) && *in->at != ' ') {
        in->at++;
    }
    return hsi_bytes_of(start, (size_t)(in->at - start));
}

static int hex_digit(uint8_t c)
{
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    c |= 0x20; /* to lower case */
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Reads at most `size` bytes of hex; ILLEGAL: another character, an odd number, or more of them. */
static hsi_status read_hex(uint8_t *out, size_t size, hsi_bytes hex)
{
    if (hex.length % 2 != 0 || hex.length / 2 > size) {
        return HSI_ILLEGAL;
    }
    for (size_t i = 0; i < hex.length; i += 2) {
        int high = hex_digit(hex.data[i]);
        int low = hex_digit(hex.data[i + 1]);
        if (high < 0 || low < 0) {
            return HSI_ILLEGAL;
        }
        out[i / 2] = (uint8_t)(high << 4 | low);
    }
    return HSI_OK;
}

hsi_status hsi_keylog_parse(hsi_keylog_line *out, hsi_bytes line)
{
    hsi_cursor in = hsi_cursor_of(line);
    hsi_bytes label = next_word(&in);
    hsi_bytes client_random = next_word(&in);
    hsi_bytes value = next_word(&in);
    bool whole = next_word(&in).length == 0 && label.length < sizeof out->label && client_random.length == 64;
    if (!whole || !known_label(label, value.length / 2)) {
        return HSI_ILLEGAL;
    }
    *out = (hsi_keylog_line){.length = value.length / 2};
    memcpy(out->label, label.data, label.length);
    HSI_TRY(read_hex(out->client_random, sizeof out->client_random, client_random));
    return read_hex(out->value, sizeof out->value, value);
}

static hsi_status append_line(hsi_journal *journal, uint8_t side, const hsi_keylog_line *line)
{
    const char *label = strcmp(line->label, "CLIENT_RANDOM") == 0 ? "master secret" : line->label;
    return hsi_journal_secret(journal, side, HSI_SOURCE_KEYLOG, label,
                              hsi_bytes_of(line->client_random, sizeof line->client_random),
                              hsi_bytes_of(line->value, line->length));
}

/* Takes the next line, without its end: LF, CR or both. */
static hsi_bytes next_line(hsi_cursor *in)
{
    const uint8_t *start = in->at;
    while (!hsi_cursor_empty(in) && *in->at != '\n' && *in->at != '\r') {
        in->at++;
    }
    hsi_bytes line = hsi_bytes_of(start, (size_t)(in->at - start));
    if (!hsi_cursor_empty(in)) {
        in->at++;
    }
    return line;
}

hsi_status hsi_keylog_append(hsi_journal *journal, uint8_t side, hsi_bytes text, size_t *lines)
{
    hsi_cursor in = hsi_cursor_of(text);
    hsi_status status = HSI_OK;
    hsi_keylog_line line;
    *lines = 0;
    while (status == HSI_OK && !hsi_cursor_empty(&in)) {
        if (hsi_keylog_parse(&line, next_line(&in)) == HSI_OK) {
            status = append_line(journal, side, &line);
            *lines += status == HSI_OK;
        }
    }
    hsi_memory_wipe(&line, sizeof line);
    return status;
}
