/* Key log: see the header. A line is LABEL SP client_random SP secret, the last two in hex; the older forms differ in the
 * middle.
 * SPDX-License-Identifier: MIT */
#include "tap/keylog.h"

#include "base/buffer.h"

/* The labels, the lengths that their secrets have, and what they are called here where that is another name. RFC 9850
 * section 3; NSS's documentation of SSLKEYLOGFILE has the older ones. */
static const struct {
    const char *text;
    size_t shortest;
    size_t longest;
    const char *label;
    hsi_keylog_owner owner;
    const char *before_value; /* a word between the two; NULL: none */
} forms[] = {
    {"CLIENT_RANDOM", 48, 48, "master secret", HSI_KEYLOG_RANDOM, NULL},
    {"CLIENT_EARLY_TRAFFIC_SECRET", 32, 64, NULL, HSI_KEYLOG_RANDOM, NULL},
    {"EARLY_EXPORTER_SECRET", 32, 64, NULL, HSI_KEYLOG_RANDOM, NULL},
    {"CLIENT_HANDSHAKE_TRAFFIC_SECRET", 32, 64, NULL, HSI_KEYLOG_RANDOM, NULL},
    {"SERVER_HANDSHAKE_TRAFFIC_SECRET", 32, 64, NULL, HSI_KEYLOG_RANDOM, NULL},
    {"CLIENT_TRAFFIC_SECRET_", 32, 64, NULL, HSI_KEYLOG_RANDOM, NULL}, /* and a number */
    {"SERVER_TRAFFIC_SECRET_", 32, 64, NULL, HSI_KEYLOG_RANDOM, NULL},
    {"EXPORTER_SECRET", 32, 64, NULL, HSI_KEYLOG_RANDOM, NULL},
    {"ECH_SECRET", 32, 64, NULL, HSI_KEYLOG_RANDOM, NULL},
    {"ECH_CONFIG", 4, UINT16_MAX, NULL, HSI_KEYLOG_RANDOM, NULL},
    {"PMS_CLIENT_RANDOM", 1, UINT16_MAX, "premaster secret", HSI_KEYLOG_RANDOM, NULL},
    {"RSA", 48, 48, HSI_LABEL_RSA, HSI_KEYLOG_PREMASTER, NULL},
    {"RSA", 48, 48, HSI_LABEL_RSA_SESSION, HSI_KEYLOG_SESSION, "Master-Key:"},
};

/* What stands before the digits that say whose it is, and how many bytes those are. */
static const struct {
    const char *before;
    size_t shortest;
    size_t longest;
} owners[] = {
    [HSI_KEYLOG_RANDOM] = {"", 32, 32},
    [HSI_KEYLOG_PREMASTER] = {"", 8, 8},
    [HSI_KEYLOG_SESSION] = {"Session-ID:", 1, 32},
};

static bool text_fits(hsi_bytes label, const char *known)
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

static bool take_prefix(hsi_bytes *word, const char *prefix)
{
    size_t length = strlen(prefix);
    bool there = word->length >= length && memcmp(word->data, prefix, length) == 0;
    *word = there ? hsi_bytes_slice(*word, length, word->length - length) : *word;
    return there;
}

/* What a digit stands for, plus 1; 0: it is none. */
static const uint8_t hex_digits[UINT8_MAX + 1] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

static bool is_hex(hsi_bytes word, size_t shortest, size_t longest)
{
    bool fits = word.length % 2 == 0 && word.length / 2 >= shortest && word.length / 2 <= longest;
    for (size_t i = 0; fits && i < word.length; i++) {
        fits = hex_digits[word.data[i]] > 0;
    }
    return fits;
}

/* Do the words after the label have the i-th form? */
static bool form_fits(hsi_keylog_line *out, size_t i, hsi_bytes whose, hsi_bytes value)
{
    hsi_keylog_owner owner = forms[i].owner;
    if (!take_prefix(&whose, owners[owner].before) ||
        (forms[i].before_value != NULL && !take_prefix(&value, forms[i].before_value))) {
        return false;
    }
    out->owner = owner;
    out->whose = whose;
    out->value = value;
    return is_hex(whose, owners[owner].shortest, owners[owner].longest) &&
           is_hex(value, forms[i].shortest, forms[i].longest);
}

static void set_label(hsi_keylog_line *out, size_t i, hsi_bytes text)
{
    hsi_bytes label = forms[i].label == NULL ? text : hsi_bytes_text(forms[i].label);
    memset(out->label, 0, sizeof out->label);
    memcpy(out->label, label.data, label.length);
}

hsi_status hsi_keylog_parse(hsi_keylog_line *out, hsi_bytes line)
{
    hsi_cursor in = hsi_cursor_of(line);
    hsi_bytes label = next_word(&in);
    hsi_bytes whose = next_word(&in);
    hsi_bytes value = next_word(&in);
    bool whole = next_word(&in).length == 0 && label.length < sizeof out->label;
    for (size_t i = 0; whole && i < HSI_COUNT(forms); i++) {
        if (text_fits(label, forms[i].text) && form_fits(out, i, whose, value)) {
            set_label(out, i, label);
            return HSI_OK;
        }
    }
    return HSI_ILLEGAL;
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

bool hsi_keylog_next(hsi_cursor *text, hsi_keylog_line *out)
{
    while (!hsi_cursor_empty(text)) {
        if (hsi_keylog_parse(out, next_line(text)) == HSI_OK) {
            return true;
        }
    }
    return false;
}

void hsi_keylog_decode(uint8_t *out, hsi_bytes digits)
{
    for (size_t i = 0; i + 1 < digits.length; i += 2) {
        out[i / 2] = (uint8_t)((hex_digits[digits.data[i]] - 1) << 4 | (hex_digits[digits.data[i + 1]] - 1));
    }
}

static hsi_status append_line(hsi_journal *journal, uint8_t side, const hsi_keylog_line *line, hsi_buffer *value)
{
    uint8_t whose[HSI_KEYLOG_WHOSE_MAX];
    uint8_t *decoded;
    hsi_buffer_truncate(value, 0);
    HSI_TRY(hsi_buffer_extend(value, line->value.length / 2, &decoded));
    hsi_keylog_decode(decoded, line->value);
    hsi_keylog_decode(whose, line->whose);
    return hsi_journal_secret(journal, side, HSI_SOURCE_KEYLOG, line->label,
                              hsi_bytes_of(whose, line->whose.length / 2), hsi_buffer_peek(value));
}

hsi_status hsi_keylog_append(hsi_journal *journal, uint8_t side, hsi_bytes text, size_t *lines)
{
    hsi_cursor in = hsi_cursor_of(text);
    hsi_buffer value = HSI_BUFFER_EMPTY;
    hsi_status status = HSI_OK;
    hsi_keylog_line line;
    *lines = 0;
    while (status == HSI_OK && hsi_keylog_next(&in, &line)) {
        status = append_line(journal, side, &line, &value);
        *lines += status == HSI_OK;
    }
    hsi_buffer_cleanup(&value);
    return status;
}
