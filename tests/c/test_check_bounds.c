/* Tests csrc/tap/check_bounds.c, and that no extension is there twice (check_extensions.c).
 * SPDX-License-Identifier: MIT */
#include "judged.h"

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

static const judged rows[] = {
    {"rule.message.unique_extensions", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0014" GROUPS SCHEMES}}},
    {"rule.message.unique_extensions", HSI_FAILED, "supported_groups",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "001e" GROUPS SCHEMES GROUPS}}},
    {"rule.message.unique_extensions", HSI_FAILED, "0x1234",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0008" "12340000" "12340000"}}},
    {"rule.message.unique_extensions", HSI_FAILED, "signed_certificate_timestamp",
     {{0, 1, HELLO13},
      {1, 2, ANSWER13},
      {1, 11, "0000001600000230000000000002300000080012000000120000"}}},
    {"rule.message.unique_extensions", HSI_PASSED, NULL,
     {{0, 1, HELLO13},
      {1, 2, ANSWER13},
      {1, 11, "0000001600000230000004001200000000023000000400120000"}}},
    {"rule.message.unique_extensions", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, HELLO}}},
    {"rule.message.lengths", HSI_PASSED, NULL,
     {{0, 1, HELLO13}}},
    {"rule.message.lengths", HSI_FAILED, "legacy_session_id",
     {{0, 1, "0303" RANDOM "21a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1a1"
         "00061301c02f002f" "0100"}}},
    {"rule.message.lengths", HSI_FAILED, "cipher_suites",
     {{0, 1, "0303" RANDOM "02a1a2" "0000" "0100"}}},
    {"rule.message.lengths", HSI_FAILED, "legacy_compression_methods",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "00"}}},
    {"rule.message.lengths", HSI_FAILED, "server_name_list",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0006" "00000002" "0000"}}},
    {"rule.message.lengths", HSI_FAILED, "name",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0009" "00000005" "0003000000"}}},
    {"rule.message.lengths", HSI_FAILED, "named_group_list",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0006" "000a0002" "0000"}}},
    {"rule.message.lengths", HSI_FAILED, "ec_point_format_list",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0005" "000b0001" "00"}}},
    {"rule.message.lengths", HSI_FAILED, "supported_signature_algorithms",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0006" "000d0002" "0000"}}},
    {"rule.message.lengths", HSI_FAILED, "protocol_name_list",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "000a" "00100006" "000402683200"}}},
    {"rule.message.lengths", HSI_FAILED, "identities",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "002f" "0029002b" "0006000000000000002120"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}}},
    {"rule.message.lengths", HSI_FAILED, "binders",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0030" "0029002c"
         "0008000269640000000000201f"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}}},
    {"rule.message.lengths", HSI_FAILED, "versions",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0005" "002b0001" "00"}}},
    {"rule.message.lengths", HSI_FAILED, "cookie",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0006" "002c0002" "0000"}}},
    {"rule.message.lengths", HSI_FAILED, "ke_modes",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0005" "002d0001" "00"}}},
    {"rule.message.lengths", HSI_FAILED, "authorities",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0006" "002f0002" "0000"}}},
    {"rule.message.lengths", HSI_FAILED, "key_exchange",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "000a" "00330006" "0004001d0000"}}},
    {"rule.message.lengths", HSI_FAILED, "algorithms",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0005" "001b0001" "00"}}},
    {"rule.message.lengths", HSI_FAILED, "OuterExtensions",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0005" "fd000001" "00"}}},
    {"rule.message.lengths", HSI_FAILED, "session_id",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0006" "00380002" "01aa"}}},
    {"rule.message.lengths", HSI_FAILED, "extensions",
     {{0, 1, HELLO13},
      {1, 2, ANSWER13},
      {1, 13, "00" "0000"}}},
    {"rule.message.lengths", HSI_FAILED, "ticket",
     {{0, 1, HELLO13},
      {1, 2, ANSWER13},
      {1, 4, "00000001000000000000000000"}}},
    {"rule.message.lengths", HSI_PASSED, NULL,
     {{0, 1, HELLO},
      {1, 2, ANSWER12},
      {1, 4, "000000010000"}}},
    {"rule.message.lengths", HSI_FAILED, "certificate_types",
     {{0, 1, HELLO},
      {1, 2, ANSWER12},
      {1, 13, "00000204030000"}}},
    {"rule.message.lengths", HSI_FAILED, "cert_data",
     {{0, 1, HELLO13},
      {1, 2, ANSWER13},
      {1, 11, "000000050000000000"}}},
    {"rule.message.lengths", HSI_FAILED, "sct_list",
     {{0, 1, HELLO13},
      {1, 2, ANSWER13},
      {1, 11, "0000000d00000230000006001200020000"}}},
    {"rule.message.values", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0005" "00010001" "04"}}},
    {"rule.message.values", HSI_FAILED, "max_fragment_length",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0005" "00010001" "05"}}},
    {"rule.message.values", HSI_FAILED, "max_fragment_length",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0005" "00010001" "00"}}},
    {"rule.message.values", HSI_FAILED, "record_size_limit",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0006" "001c0002" "003f"}}},
    {"rule.message.values", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0006" "001c0002" "0040"}}},
    {"rule.message.values", HSI_FAILED, "mode",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0005" "000f0001" "03"}}},
    {"rule.message.values", HSI_PASSED, NULL,
     {{0, 1, HELLO13},
      {1, 2, ANSWER13},
      {1, 24, "01"}}},
    {"rule.message.values", HSI_FAILED, "request_update",
     {{0, 1, HELLO13},
      {1, 2, ANSWER13},
      {1, 24, "02"}}},
    {"rule.message.values", HSI_FAILED, "ticket_lifetime",
     {{0, 1, HELLO13},
      {1, 2, ANSWER13},
      {1, 4, "00093a8100000000000001aa0000"}}},
    {"rule.message.values", HSI_PASSED, NULL,
     {{0, 1, HELLO13},
      {1, 2, ANSWER13},
      {1, 4, "00093a8000000000000001aa0000"}}},
    {"rule.message.values", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, HELLO}}},
};
/* clang-format on */

int main(void)
{
    return run_judged(rows, HSI_COUNT(rows));
}
