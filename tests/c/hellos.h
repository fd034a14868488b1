/* Hellos of TLS 1.3 and 1.2, and parts of them, for rows of judged.h: bodies of messages in hex.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TESTS_HELLOS_H
#define HSI_TESTS_HELLOS_H

/* clang-format off */
#define VERSIONS "002b0005" "04" "0304" "0303"
#define GROUPS "000a0006" "0004" "001d" "0017"
#define SCHEMES "000d0006" "0004" "0804" "0403"
#define SELECTED "002b0002" "0304"
#define X25519 "abababababababababababababababababababababababababababababababab"
#define HELLO13 \
    "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0047" VERSIONS GROUPS SCHEMES "00330026" \
    "0024001d0020" X25519
#define ANSWER13 \
    "0303" RANDOM "02a1a2" "1301" "00" "002e" SELECTED "00330024" "001d0020" X25519
#define ANSWER12 \
    "0303" RANDOM "02a1a2" "c02f" "00"
#define HELLO \
    "0303" RANDOM "02a1a2" "00061301c02f002f" "0100"
/* clang-format on */

#endif
