/* Tests csrc/tap/check_hello.c and check_shares.c: rules that a ClientHello can break, and the lengths of shares.
 * SPDX-License-Identifier: MIT */
#include "hellos.h"
#include "judged.h"

/* clang-format off */
static const judged rows[] = {
    {"rule.client_hello.legacy_version", HSI_PASSED, NULL,
     {{0, 1, HELLO13}}},
    {"rule.client_hello.legacy_version", HSI_FAILED, "legacy_version",
     {{0, 1, "0304" RANDOM "02a1a2" "00061301c02f002f" "0100" "0047" VERSIONS GROUPS SCHEMES "00330026"
         "0024001d0020" X25519}}},
    {"rule.client_hello.legacy_version", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, "0301" RANDOM "02a1a2" "00061301c02f002f" "0100"}}},
    {"rule.client_hello.compression", HSI_PASSED, NULL,
     {{0, 1, HELLO}}},
    {"rule.client_hello.compression", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "020100"}}},
    {"rule.client_hello.compression", HSI_FAILED, "legacy_compression_methods",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0101"}}},
    {"rule.client_hello.compression", HSI_PASSED, NULL,
     {{0, 1, HELLO13}}},
    {"rule.client_hello.compression", HSI_FAILED, "legacy_compression_methods",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "020001" "0047" VERSIONS GROUPS SCHEMES "00330026"
         "0024001d0020" X25519}}},
    {"rule.client_hello.required_extensions", HSI_PASSED, NULL,
     {{0, 1, HELLO13}}},
    {"rule.client_hello.required_extensions", HSI_FAILED, "extensions",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "003d" VERSIONS GROUPS "00330026"
         "0024001d0020" X25519}}},
    {"rule.client_hello.required_extensions", HSI_FAILED, "extensions",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0013" VERSIONS SCHEMES}}},
    {"rule.client_hello.required_extensions", HSI_FAILED, "extensions",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "001d" VERSIONS GROUPS SCHEMES}}},
    {"rule.client_hello.required_extensions", HSI_FAILED, "extensions",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "003d" VERSIONS SCHEMES "00330026"
         "0024001d0020" X25519}}},
    {"rule.client_hello.required_extensions", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0040" VERSIONS "002d0002" "0101"
         "0029002d" "00080002696400000000002120"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}}},
    {"rule.client_hello.required_extensions", HSI_FAILED, "extensions",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "003a" VERSIONS "0029002d"
         "00080002696400000000002120"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}}},
    {"rule.client_hello.required_extensions", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "000a" SCHEMES}}},
    {"rule.client_hello.server_name", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "000c" "00000008" "0006000003612e62"}}},
    {"rule.client_hello.server_name", HSI_FAILED, "server_name_list",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "000e" "0000000a"
         "00080000016100000162"}}},
    {"rule.client_hello.server_name", HSI_FAILED, "server_name_list",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0012" "0000000e"
         "000c0000093139322e302e322e31"}}},
    {"rule.client_hello.server_name", HSI_FAILED, "server_name_list",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0014" "00000010"
         "000e00000b323030313a6462383a3a31"}}},
    {"rule.client_hello.server_name", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "000c" "00000008" "0006000003312e61"}}},
    {"rule.client_hello.server_name", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, HELLO}}},
    {"rule.client_hello.psk_last", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0040" VERSIONS "002d0002" "0101"
         "0029002d" "00080002696400000000002120"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}}},
    {"rule.client_hello.psk_last", HSI_FAILED, "pre_shared_key",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0040" VERSIONS "0029002d"
         "00080002696400000000002120" "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
         "002d0002" "0101"}}},
    {"rule.client_hello.psk_last", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, HELLO13}}},
    {"rule.client_hello.binders", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0069" VERSIONS "002d0002" "0101"
         "00290056" "001000026964000000000002696400000000004220"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" "20"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}}},
    {"rule.client_hello.binders", HSI_FAILED, "binders",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0048" VERSIONS "002d0002" "0101"
         "00290035" "001000026964000000000002696400000000002120"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}}},
    {"rule.client_hello.binders", HSI_FAILED, "binders",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0061" VERSIONS "002d0002" "0101"
         "0029004e" "00080002696400000000004220"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb" "20"
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}}},
    {"rule.client_hello.key_shares", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "008c" VERSIONS SCHEMES GROUPS "0033006b"
         "0069001d0020" X25519 "0017004104" X25519 "" X25519 ""}}},
    {"rule.client_hello.key_shares", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0068" VERSIONS SCHEMES GROUPS "00330047"
         "00450017004104" X25519 "" X25519 ""}}},
    {"rule.client_hello.key_shares", HSI_FAILED, "client_shares",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "008c" VERSIONS SCHEMES GROUPS "0033006b"
         "00690017004104" X25519 "" X25519 "001d0020" X25519 ""}}},
    {"rule.client_hello.key_shares", HSI_FAILED, "client_shares",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "006b" VERSIONS SCHEMES GROUPS "0033004a"
         "0048001d0020" X25519 "001d0020" X25519 ""}}},
    {"rule.client_hello.key_shares", HSI_FAILED, "client_shares",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "005f" VERSIONS SCHEMES GROUPS "0033003e"
         "003c001e0038" X25519 "abababababababababababababababababababababababab"}}},
    {"rule.client_hello.key_shares", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0023" VERSIONS SCHEMES GROUPS "00330002"
         "0000"}}},
    {"rule.key_share.length", HSI_PASSED, NULL,
     {{0, 1, HELLO13}}},
    {"rule.key_share.length", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0068" VERSIONS SCHEMES GROUPS "00330047"
         "00450017004104" X25519 "" X25519 ""}}},
    {"rule.key_share.length", HSI_FAILED, "key_exchange",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0046" VERSIONS SCHEMES GROUPS "00330025"
         "0023001d001f" "ababababababababababababababababababababababababababababababab"}}},
    {"rule.key_share.length", HSI_FAILED, "key_exchange",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0068" VERSIONS SCHEMES GROUPS "00330047"
         "00450017004105" X25519 "" X25519 ""}}},
    {"rule.key_share.length", HSI_FAILED, "key_exchange",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0048" VERSIONS SCHEMES GROUPS "00330027"
         "00250017002102" X25519}}},
    {"rule.key_share.length", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0028" VERSIONS SCHEMES GROUPS "00330007"
         "00050a0a000100"}}},
    {"rule.key_share.length", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "004c" VERSIONS SCHEMES GROUPS "0033002b"
         "00290a0a000100001d0020" X25519}}},
    {"rule.key_share.length", HSI_FAILED, "key_exchange",
     {{0, 1, HELLO},
      {1, 2, "0303" RANDOM "02a1a2" "1301" "00" "000f" SELECTED "00330005" "001d0001ab"}}},
    {"rule.key_share.length", HSI_PASSED, NULL,
     {{0, 1, HELLO},
      {1, 2, ANSWER13}}},
    {"rule.key_share.length", HSI_PASSED, NULL,
     {{0, 1, HELLO},
      {1, 2, ANSWER12},
      {1, 12, "0300174104ababababababababababababababababababababababababababababababababababab"
         "ababababababababababababababababababababababababababababab080400025a5b"}}},
    {"rule.key_share.length", HSI_FAILED, "public",
     {{0, 1, HELLO},
      {1, 2, ANSWER12},
      {1, 12, "0300173f04ababababababababababababababababababababababababababababababababababab"
         "ababababababababababababababababababababababababababab080400025a5b"}}},
    {"rule.key_share.length", HSI_FAILED, "public",
     {{0, 1, HELLO},
      {1, 2, ANSWER12},
      {1, 12, "0300174102ababababababababababababababababababababababababababababababababababab"
         "ababababababababababababababababababababababababababababab080400025a5b"}}},
    {"rule.key_share.length", HSI_PASSED, NULL,
     {{0, 1, HELLO},
      {1, 2, ANSWER12},
      {1, 12, "03001d20abababababababababababababababababababababababababababababababab08040002"
         "5a5b"}}},
    {"rule.key_share.length", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, HELLO},
      {1, 2, ANSWER12},
      {1, 12, "0300100204ab080400025a5b"}}},
    {"rule.ec_point_formats.uncompressed", HSI_PASSED, NULL,
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0007" "000b0003" "020100"}}},
    {"rule.ec_point_formats.uncompressed", HSI_FAILED, "ec_point_format_list",
     {{0, 1, "0303" RANDOM "02a1a2" "00061301c02f002f" "0100" "0006" "000b0002" "0101"}}},
    {"rule.ec_point_formats.uncompressed", HSI_NOT_CHECKABLE, NULL,
     {{0, 1, HELLO}}},
};
/* clang-format on */

int main(void)
{
    return run_judged(rows, HSI_COUNT(rows));
}
