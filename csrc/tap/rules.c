/* Rules: the key schedules of TLS 1.0 to 1.3 as a table, a line a secret or key. What the columns mean stands at hsi_rule.
 * RFC 5246 sections 6.3 and 8.1, RFC 7627, RFC 8446 section 7.
 * SPDX-License-Identifier: MIT */
#include "tap/key_schedule.h"

#define SHARED HSI_NOBODY
#define NONE HSI_NO_EPOCH
#define ANY_LATER (HSI_NO_EPOCH - 1)

/* RFC 5246 section 6.3 */
#define KEY_BLOCK_PART(label, sender, number)                                                                          \
    {label, sender, false, 1, ANY_LATER, hsi_rule_key_block_part, "slice", "a part of the key block",                  \
     "RFC 5246 section 6.3", "key block", NULL, 0, 0, number}

#define DERIVE(label, sender, epoch, parent, tls, until, until_sender, messages)                                                 \
    {label, sender, true, epoch, epoch, hsi_rule_derive_secret, "Derive-Secret",                                       \
     "Derive-Secret(" parent ", \"" tls "\", " messages ")", "RFC 8446 section 7.1", parent, tls,               \
     HSI_##until, until_sender, 0}

#define DERIVE_EARLY(label, sender, epoch, tls)                                                                        \
    {label, sender, true, epoch, epoch, hsi_rule_derive_early, "Derive-Secret",                                        \
     "Derive-Secret(early secret of the first PSK offered, \"" tls "\", ClientHello)", "RFC 8446 section 7.1",         \
     "early secret", tls, HSI_CLIENT_HELLO, HSI_CLIENT, 0}

#define TRAFFIC_UPDATE(label, sender)                                                                                  \
    {label, sender, true, 4, ANY_LATER, hsi_rule_update, "HKDF-Expand-Label",                                          \
     "HKDF-Expand-Label(the traffic secret before, \"traffic upd\", \"\", Hash.length)", "RFC 8446 section 7.2", NULL,  \
     "traffic upd", 0, 0, 0}

#define FINISHED_KEY(sender, parent)                                                                                   \
    {"finished key", sender, true, 2, 2, hsi_rule_finished_key, "HKDF-Expand-Label",                                   \
     "HKDF-Expand-Label(" parent ", \"finished\", \"\", Hash.length)", "RFC 8446 section 4.4.4", parent, "finished",     \
     0, 0, 0}

#define WRITE_KEY(label, sender, tls)                                                                                  \
    {label, sender, true, 1, ANY_LATER, hsi_rule_write_key, "HKDF-Expand-Label",                                       \
     "HKDF-Expand-Label(the traffic secret, \"" tls "\", \"\", length)", "RFC 8446 section 7.3", NULL, tls, 0, 0, 0}

const hsi_rule hsi_rules[] = {
    {"premaster secret", SHARED, false, NONE, NONE, hsi_rule_premaster, "key exchange",
     "chosen or agreed on in the key exchange", "RFC 5246 section 8.1", NULL, NULL, 0, 0, 0},
    {"master secret", SHARED, false, NONE, NONE, hsi_rule_master, "PRF",
     "PRF(premaster secret, \"master secret\", client random + server random)[0..47]", "RFC 5246 section 8.1",
     "premaster secret", "master secret", 0, 0, 0},
    {"key block", SHARED, false, NONE, NONE, hsi_rule_key_block, "PRF",
     "PRF(master secret, \"key expansion\", server random + client random)", "RFC 5246 section 6.3", "master secret",
     "key expansion", 0, 0, 0},
    KEY_BLOCK_PART("client write MAC key", HSI_CLIENT, 0),
    KEY_BLOCK_PART("server write MAC key", HSI_SERVER, 1),
    KEY_BLOCK_PART("client write key", HSI_CLIENT, 2),
    KEY_BLOCK_PART("server write key", HSI_SERVER, 3),
    KEY_BLOCK_PART("client write IV", HSI_CLIENT, 4),
    KEY_BLOCK_PART("server write IV", HSI_SERVER, 5),
    {"early secret", SHARED, true, NONE, NONE, hsi_rule_early_secret, "HKDF-Extract", "HKDF-Extract(0, zeros)",
     "RFC 8446 section 7.1", NULL, NULL, 0, 0, 0},
    DERIVE_EARLY("CLIENT_EARLY_TRAFFIC_SECRET", HSI_CLIENT, 1, "c e traffic"),
    DERIVE_EARLY("EARLY_EXPORTER_SECRET", SHARED, NONE, "e exp master"),
    {"handshake secret", SHARED, true, NONE, NONE, hsi_rule_next_stage, "HKDF-Extract",
     "HKDF-Extract(Derive-Secret(early secret, \"derived\", \"\"), shared secret)", "RFC 8446 section 7.1",
     "early secret", "shared secret", 0, 0, 0},
    DERIVE("CLIENT_HANDSHAKE_TRAFFIC_SECRET", HSI_CLIENT, 2, "handshake secret", "c hs traffic", SERVER_HELLO,
           HSI_SERVER, "ClientHello...ServerHello"),
    DERIVE("SERVER_HANDSHAKE_TRAFFIC_SECRET", HSI_SERVER, 2, "handshake secret", "s hs traffic", SERVER_HELLO,
           HSI_SERVER, "ClientHello...ServerHello"),
    FINISHED_KEY(HSI_CLIENT, "CLIENT_HANDSHAKE_TRAFFIC_SECRET"),
    FINISHED_KEY(HSI_SERVER, "SERVER_HANDSHAKE_TRAFFIC_SECRET"),
    {"master secret", SHARED, true, NONE, NONE, hsi_rule_next_stage, "HKDF-Extract",
     "HKDF-Extract(Derive-Secret(handshake secret, \"derived\", \"\"), zeros)", "RFC 8446 section 7.1",
     "handshake secret", NULL, 0, 0, 0},
    DERIVE("CLIENT_TRAFFIC_SECRET_0", HSI_CLIENT, 3, "master secret", "c ap traffic", FINISHED, HSI_SERVER,
           "ClientHello...server Finished"),
    DERIVE("SERVER_TRAFFIC_SECRET_0", HSI_SERVER, 3, "master secret", "s ap traffic", FINISHED, HSI_SERVER,
           "ClientHello...server Finished"),
    DERIVE("EXPORTER_SECRET", SHARED, NONE, "master secret", "exp master", FINISHED, HSI_SERVER,
           "ClientHello...server Finished"),
    DERIVE("resumption master secret", SHARED, NONE, "master secret", "res master", FINISHED, HSI_CLIENT,
           "ClientHello...client Finished"),
    TRAFFIC_UPDATE("CLIENT_TRAFFIC_SECRET_%llu", HSI_CLIENT),
    TRAFFIC_UPDATE("SERVER_TRAFFIC_SECRET_%llu", HSI_SERVER),
    WRITE_KEY("client write key", HSI_CLIENT, "key"),
    WRITE_KEY("client write IV", HSI_CLIENT, "iv"),
    WRITE_KEY("server write key", HSI_SERVER, "key"),
    WRITE_KEY("server write IV", HSI_SERVER, "iv"),
};

const size_t hsi_rule_count = HSI_COUNT(hsi_rules);
