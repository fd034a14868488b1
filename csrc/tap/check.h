/* Check: what was recomputed or required, and whether it holds. A check is a row in the table of checks.c: a function that
 * looks at one negotiation, or at the whole trace, and adds its verdicts. A new check is a function in the check_*.c that it
 * fits, a row, and a test. Made when looked at; a verdict is never PASSED where nothing was compared.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_CHECK_H
#define HSI_TAP_CHECK_H

#include "tap/fold.h"

/* ---- adding one: `check` says name, kind, formula, rfc and evidence; it is copied ---- */

/* hsi_check_compare: passed if the two are equal. */
HSI_MUST_USE hsi_status hsi_check_compare(hsi_tap *tap, const hsi_check *check, hsi_bytes expected, hsi_bytes found);

/* hsi_check_judge: passed, or failed for `reason`. */
HSI_MUST_USE hsi_status hsi_check_judge(hsi_tap *tap, const hsi_check *check, bool ok, const char *reason);

/* hsi_check_missing: not checkable, for `reason`. */
HSI_MUST_USE hsi_status hsi_check_missing(hsi_tap *tap, const hsi_check *check, const char *reason);

/* hsi_check_evidence adds an item to the evidence of a check, as far as there is room. */
void hsi_check_evidence(hsi_check *check, hsi_event_kind kind, const void *item);

/* hsi_check_name makes "finished.client", or "finished.client[1]" for the second negotiation of a connection. */
HSI_MUST_USE hsi_status hsi_check_name(hsi_tap *tap, const hsi_handshake *handshake, const char *what,
                                       const char *whose, const char **out);

/* hsi_check_hello_retry_request: the message, or NULL where the negotiation has none. check_retry.c */
const hsi_message *hsi_check_hello_retry_request(const hsi_tap *tap, const hsi_handshake *handshake);

/* ---- the rows, by file ---- */

hsi_status hsi_check_secrets(hsi_tap *tap, hsi_handshake *handshake); /* check_secrets.c */
hsi_status hsi_check_premaster_version(hsi_tap *tap, hsi_handshake *handshake);
hsi_status hsi_check_sides_agree(hsi_tap *tap, hsi_handshake *handshake);
hsi_status hsi_check_record_keys(hsi_tap *tap, hsi_handshake *handshake);
hsi_status hsi_check_finished(hsi_tap *tap, hsi_handshake *handshake); /* check_finished.c */
hsi_status hsi_check_renegotiation(hsi_tap *tap, hsi_handshake *handshake);
hsi_status hsi_check_binders(hsi_tap *tap, hsi_handshake *handshake);
hsi_status hsi_check_server_key_exchange(hsi_tap *tap, hsi_handshake *handshake); /* check_signatures.c */
hsi_status hsi_check_certificate_verify(hsi_tap *tap, hsi_handshake *handshake);
hsi_status hsi_check_certificates(hsi_tap *tap, hsi_handshake *handshake); /* check_certificates.c */
hsi_status hsi_check_offered(hsi_tap *tap, hsi_handshake *handshake); /* check_rules.c */
hsi_status hsi_check_downgrade(hsi_tap *tap, hsi_handshake *handshake);
hsi_status hsi_check_session_id_echo(hsi_tap *tap, hsi_handshake *handshake);
hsi_status hsi_check_extensions(hsi_tap *tap, hsi_handshake *handshake); /* check_extensions.c */
hsi_status hsi_check_retry(hsi_tap *tap, hsi_handshake *handshake); /* check_retry.c */
hsi_status hsi_check_psk(hsi_tap *tap, hsi_handshake *handshake); /* check_psk.c */
hsi_status hsi_check_order(hsi_tap *tap, hsi_handshake *handshake); /* check_order.c */
hsi_status hsi_check_survey(hsi_tap *tap, hsi_handshake *handshake); /* check_wire.c; handshake NULL */
hsi_status hsi_check_alert_answers(hsi_tap *tap, hsi_handshake *handshake);
hsi_status hsi_check_hooks(hsi_tap *tap, hsi_handshake *handshake); /* check_hooks.c; handshake NULL */

hsi_status hsi_check_messages(hsi_tap *tap, hsi_handshake *handshake); /* check_messages.c; handshake NULL */

/* hsi_messages_survey judges one message by the rules of check_messages.c. */
void hsi_messages_survey(hsi_tap *tap, const hsi_message *message, const hsi_field *root);

/* ---- those of a record, made once: it does not change any more. check_records.c ---- */

HSI_MUST_USE hsi_status hsi_check_record(hsi_tap *tap, const hsi_record *record);

#endif
