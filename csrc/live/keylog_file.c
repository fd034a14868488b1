/* Key-log file: one line per secret, as NSS defined it. In: label, client random, secret; out: one write to the end of
 * the file, so that lines of several sessions do not mix. RFC 9850.
 * SPDX-License-Identifier: MIT */
#define _POSIX_C_SOURCE 200809L /* O_CLOEXEC */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buffer.h"
#include "live/config_state.h"

hsi_status hsi_config_keylog(hsi_config *config, const char *path)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (descriptor < 0) {
        return HSI_SYSTEM;
    }
    if (config->keylog >= 0) {
        (void)close(config->keylog);
    }
    config->keylog = descriptor;
    return HSI_OK;
}

static hsi_status append_hex(hsi_buffer *line, hsi_bytes bytes)
{
    static const char digits[] = "0123456789abcdef";
    HSI_TRY(hsi_buffer_append(line, hsi_bytes_text(" ")));
    for (size_t i = 0; i < bytes.length; i++) {
        const char pair[] = {digits[bytes.data[i] >> 4], digits[bytes.data[i] & 15]};
        HSI_TRY(hsi_buffer_append(line, hsi_bytes_of(pair, sizeof pair)));
    }
    return HSI_OK;
}

static hsi_status write_line(int descriptor, hsi_buffer *line, const char *label, hsi_bytes client_random,
                             hsi_bytes secret)
{
    HSI_TRY(hsi_buffer_append(line, hsi_bytes_text(label)));
    HSI_TRY(append_hex(line, client_random));
    HSI_TRY(append_hex(line, secret));
    HSI_TRY(hsi_buffer_append(line, hsi_bytes_text("\n")));
    hsi_bytes all = hsi_buffer_peek(line);
    ssize_t written;
    do {
        written = write(descriptor, all.data, all.length);
    } while (written < 0 && errno == EINTR);
    return written == (ssize_t)all.length ? HSI_OK : HSI_SYSTEM;
}

hsi_status hsi_config_keylog_line(const hsi_config *config, const char *label, hsi_bytes client_random,
                                  hsi_bytes secret)
{
    if (config->keylog < 0) {
        return HSI_OK;
    }
    hsi_buffer line = HSI_BUFFER_EMPTY;
    hsi_status status = write_line(config->keylog, &line, label, client_random, secret);
    int error = errno;
    hsi_buffer_cleanup(&line);
    errno = error; /* what SYSTEM is about */
    return status;
}
