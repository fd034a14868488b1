/* Tests csrc/tap/check_retry.c and check_psk.c: what a HelloRetryRequest may ask for and what must come of it; which
 * pre-shared key a server may choose.
 * SPDX-License-Identifier: MIT */
#include "judged.h"

/* clang-format off */
#define VERSIONS "002b0005" "04" "0304" "0303"
#define GROUPS "000a0006" "0004" "001d" "0017"
#define SCHEMES "000d0006" "0004" "0804" "0403"
#define B8 "abababababababab"
#define X25519 B8 B8 B8 B8
#define P256 "04" X25519 X25519
#define X25519_SHARE "00330026" "0024" "001d" "0020" X25519
#define P256_SHARE "00330047" "0045" "0017" "0041" P256
#define SELECTED "002b0002" "0304"
#define ASKED "00330002" "0017"
#define SERVER_X25519 "00330024" "001d" "0020" X25519
#define SERVER_P256 "00330045" "0017" "0041" P256
#define HELLO_X25519 \
    "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "0047" VERSIONS GROUPS SCHEMES \
    X25519_SHARE
#define HELLO_P256 \
    "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "0068" VERSIONS GROUPS SCHEMES P256_SHARE
#define HELLO_COOKIE \
    "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "004f" VERSIONS GROUPS SCHEMES \
    X25519_SHARE "002c0004" "0002" "c00c"
#define RETRY_P256 \
    "0303" RETRY_RANDOM "02a1a2" "1301" "00" "000c" SELECTED ASKED
#define ANSWER_P256 \
    "0303" RANDOM "02a1a2" "1301" "00" "004f" SELECTED SERVER_P256
#define ANSWER_X25519 \
    "0303" RANDOM "02a1a2" "1301" "00" "002e" SELECTED SERVER_X25519

static const judged rows[] = {
    {"rule.retry.purpose", HSI_PASSED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, HELLO_P256},
      {1, 2, ANSWER_P256}}},
    {"rule.retry.group", HSI_PASSED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, HELLO_P256},
      {1, 2, ANSWER_P256}}},
    {"rule.retry.key_share", HSI_PASSED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, HELLO_P256},
      {1, 2, ANSWER_P256}}},
    {"rule.retry.second_hello", HSI_PASSED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, HELLO_P256},
      {1, 2, ANSWER_P256}}},
    {"rule.retry.suite", HSI_PASSED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, HELLO_P256},
      {1, 2, ANSWER_P256}}},
    {"rule.retry.version", HSI_PASSED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, HELLO_P256},
      {1, 2, ANSWER_P256}}},
    {"rule.retry.answer_group", HSI_PASSED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, HELLO_P256},
      {1, 2, ANSWER_P256}}},
    {"rule.retry.cookie", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, HELLO_P256}}},
    {"rule.retry.group", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, ANSWER_X25519}}},
    {"rule.retry.purpose", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, "0303" RETRY_RANDOM "02a1a2" "1301" "00" "0006" SELECTED}}},
    {"rule.retry.purpose", HSI_PASSED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, "0303" RETRY_RANDOM "02a1a2" "1301" "00" "000e" SELECTED "002c0004" "0002" "c00c"}}},
    {"rule.retry.group", HSI_FAILED, NULL,
     {{0, 1, HELLO_P256},
      {1, 2, RETRY_P256}}},
    {"rule.retry.group", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, "0303" RETRY_RANDOM "02a1a2" "1301" "00" "000c" SELECTED "00330002" "0018"}}},
    {"rule.retry.group", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, "0303" RETRY_RANDOM "02a1a2" "1301" "00" "000e" SELECTED "002c0004" "0002" "c00c"}}},
    {"rule.retry.key_share", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, HELLO_X25519}}},
    {"rule.retry.key_share", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "0023" VERSIONS GROUPS SCHEMES
         "00330002" "0000"}}},
    {"rule.retry.key_share", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256}}},
    {"rule.retry.key_share", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "002d" VERSIONS GROUPS SCHEMES
         "0033000c" "000a" "0017" "0001" "04" "001d" "0001" "aa"}}},
    {"rule.retry.cookie", HSI_PASSED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, "0303" RETRY_RANDOM "02a1a2" "1301" "00" "000e" SELECTED "002c0004" "0002" "c00c"},
      {0, 1, HELLO_COOKIE}}},
    {"rule.retry.cookie", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, "0303" RETRY_RANDOM "02a1a2" "1301" "00" "000e" SELECTED "002c0004" "0002" "c00c"},
      {0, 1, HELLO_X25519}}},
    {"rule.retry.cookie", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, "0303" RETRY_RANDOM "02a1a2" "1301" "00" "000e" SELECTED "002c0004" "0002" "c00d"},
      {0, 1, HELLO_COOKIE}}},
    {"rule.retry.cookie", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, HELLO_COOKIE}}},
    {"rule.retry.second_hello", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "004b" VERSIONS GROUPS SCHEMES
         X25519_SHARE "002a0000"},
      {1, 2, RETRY_P256},
      {0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "006e" VERSIONS GROUPS SCHEMES
         P256_SHARE "00150002" "0000"}}},
    {"rule.retry.second_hello", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "006c" VERSIONS GROUPS SCHEMES
         P256_SHARE "002a0000"}}},
    {"rule.retry.second_hello", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, "0303" RETRY_RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "0068" VERSIONS GROUPS
         SCHEMES P256_SHARE}}},
    {"rule.retry.second_hello", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, "0303" RANDOM "02a1a2" "0004" "1301" "c02f" "0100" "0068" VERSIONS GROUPS SCHEMES
         P256_SHARE}}},
    {"rule.retry.second_hello", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "0072" VERSIONS GROUPS SCHEMES
         P256_SHARE "00000006" "0004" "00" "0001" "61"}}},
    {"rule.retry.second_hello", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "0068" VERSIONS SCHEMES GROUPS
         P256_SHARE}}},
    {"rule.retry.second_hello", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "005e" VERSIONS GROUPS P256_SHARE}}},
    {"rule.retry.suite", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, HELLO_P256},
      {1, 2, "0303" RANDOM "02a1a2" "1302" "00" "004f" SELECTED SERVER_P256}}},
    {"rule.retry.version", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, HELLO_P256},
      {1, 2, "0303" RANDOM "02a1a2" "1301" "00" "004f" "002b0002" "0305" SERVER_P256}}},
    {"rule.retry.answer_group", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, HELLO_P256},
      {1, 2, ANSWER_X25519}}},
    {"rule.retry.suite", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, RETRY_P256},
      {0, 1, HELLO_P256}}},
    {"rule.psk.identity", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "007e" VERSIONS GROUPS SCHEMES
         X25519_SHARE "002d0002" "01" "01" "0029002d" "0008" "0002" "6964" "00000000" "0021" "20"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
      {1, 2, "0303" RANDOM "02a1a2" "1301" "00" "0034" SELECTED SERVER_X25519 "00290002" "0000"}}},
    {"rule.psk.identity", HSI_FAILED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "007e" VERSIONS GROUPS SCHEMES
         X25519_SHARE "002d0002" "01" "01" "0029002d" "0008" "0002" "6964" "00000000" "0021" "20"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
      {1, 2, "0303" RANDOM "02a1a2" "1301" "00" "0034" SELECTED SERVER_X25519 "00290002" "0001"}}},
    {"rule.psk.identity", HSI_FAILED, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, "0303" RANDOM "02a1a2" "1301" "00" "0034" SELECTED SERVER_X25519 "00290002" "0000"}}},
    {"rule.psk.identity", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "007e" VERSIONS GROUPS SCHEMES
         X25519_SHARE "002d0002" "01" "01" "0029002d" "0008" "0002" "6964" "00000000" "0021" "20"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
      {1, 2, ANSWER_X25519}}},
    {"rule.psk.mode", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "007e" VERSIONS GROUPS SCHEMES
         X25519_SHARE "002d0002" "01" "01" "0029002d" "0008" "0002" "6964" "00000000" "0021" "20"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
      {1, 2, "0303" RANDOM "02a1a2" "1301" "00" "0034" SELECTED SERVER_X25519 "00290002" "0000"}}},
    {"rule.psk.mode", HSI_FAILED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "007e" VERSIONS GROUPS SCHEMES
         X25519_SHARE "002d0002" "01" "00" "0029002d" "0008" "0002" "6964" "00000000" "0021" "20"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
      {1, 2, "0303" RANDOM "02a1a2" "1301" "00" "0034" SELECTED SERVER_X25519 "00290002" "0000"}}},
    {"rule.psk.mode", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "007f" VERSIONS GROUPS SCHEMES
         X25519_SHARE "002d0003" "02" "0001" "0029002d" "0008" "0002" "6964" "00000000" "0021" "20"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
      {1, 2, "0303" RANDOM "02a1a2" "1301" "00" "000c" SELECTED "00290002" "0000"}}},
    {"rule.psk.mode", HSI_FAILED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "0006" "1301" "c02f" "002f" "0100" "007e" VERSIONS GROUPS SCHEMES
         X25519_SHARE "002d0002" "01" "01" "0029002d" "0008" "0002" "6964" "00000000" "0021" "20"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
      {1, 2, "0303" RANDOM "02a1a2" "1301" "00" "000c" SELECTED "00290002" "0000"}}},
    {"rule.psk.mode", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, HELLO_X25519},
      {1, 2, "0303" RANDOM "02a1a2" "1301" "00" "0034" SELECTED SERVER_X25519 "00290002" "0000"}}},
};
/* clang-format on */

int main(void)
{
    return run_judged(rows, HSI_COUNT(rows));
}
