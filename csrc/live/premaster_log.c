/* Premaster log: see the header. The line is `INT: PREMASTER SECRET[n]: hex`, at level 9; GnuTLS formats the hex in a
 * buffer of 512, so of a longer secret than 255 bytes the end is missing.
 * SPDX-License-Identifier: MIT */
#include "live/premaster_log.h"

#include <gnutls/gnutls.h>
#include <pthread.h>

#include "base/memory.h"
#include "live/probe.h"

enum { LEVEL = 9, LONGEST = 255 };

static const char beginning[] = "INT: PREMASTER SECRET[";

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned raised; /* how many have raised it and not dropped it */

static int digit(char c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == '\0' ? NULL : strchr(digits, c);
    return at == NULL ? -1 : (int)(at - digits);
}

static size_t read_hex(uint8_t *out, size_t room, const char *text)
{
    size_t length = 0;
    for (; length < room && digit(text[0]) >= 0 && digit(text[1]) >= 0; text += 2) {
        out[length++] = (uint8_t)(digit(text[0]) << 4 | digit(text[1]));
    }
    return length;
}

static size_t read_number(const char *text)
{
    size_t number = 0;
    for (; *text >= '0' && *text <= '9' && number <= LONGEST; text++) {
        number = number * 10 + (size_t)(*text - '0');
    }
    return number;
}

static void on_line(int level, const char *line)
{
    const char *value = strstr(line, "]: ");
    if (level != LEVEL || value == NULL || strncmp(line, beginning, sizeof beginning - 1) != 0) {
        return;
    }
    uint8_t secret[LONGEST];
    size_t length = read_hex(secret, sizeof secret, value + 3);
    bool whole = length == read_number(line + sizeof beginning - 1);
    hsi_probe_tell(HSI_SIGHT_LOG_PREMASTER, hsi_bytes_of(secret, whole ? length : 0));
    hsi_memory_wipe(secret, sizeof secret);
}

void hsi_premaster_log_raise(void)
{
    (void)pthread_mutex_lock(&lock);
    if (raised++ == 0) {
        gnutls_global_set_log_function(on_line);
        gnutls_global_set_log_level(LEVEL);
    }
    (void)pthread_mutex_unlock(&lock);
}

void hsi_premaster_log_drop(void)
{
    (void)pthread_mutex_lock(&lock);
    if (--raised == 0) {
        gnutls_global_set_log_level(0);
    }
    (void)pthread_mutex_unlock(&lock);
}
