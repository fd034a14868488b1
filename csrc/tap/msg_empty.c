/* The handshake messages without a body: HelloRequest, ServerHelloDone (RFC 5246 sections 7.4.1.1 and 7.4.5) and
 * EndOfEarlyData (RFC 8446 section 4.5).
 * SPDX-License-Identifier: MIT */
#include "tap/dissect.h"

const hsi_message_type hsi_msg_hello_request = {HSI_HELLO_REQUEST, "HelloRequest", "RFC 5246 section 7.4.1.1",
                                                hsi_dissect_nothing};
const hsi_message_type hsi_msg_server_hello_done = {HSI_SERVER_HELLO_DONE, "ServerHelloDone", "RFC 5246 section 7.4.5",
                                                    hsi_dissect_nothing};
const hsi_message_type hsi_msg_end_of_early_data = {HSI_END_OF_EARLY_DATA, "EndOfEarlyData", "RFC 8446 section 4.5",
                                                    hsi_dissect_nothing};
