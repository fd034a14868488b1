/* Framer: from a stream of bytes to the records in it: header and fragment. In: wire bytes of one sender, cut anywhere.
 * Knows no keys and judges nothing: a header says how long a record is, whatever else is wrong with it.
 * RFC 8446 section 5.1, RFC 5246 section 6.2.1; an SSLv2-format ClientHello at the start, RFC 5246 appendix E.2.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_TAP_FRAMER_H
#define HSI_TAP_FRAMER_H

#include "base/buffer.h"

enum { HSI_RECORD_HEADER = 5 };

typedef struct hsi_framer {
    hsi_buffer bytes;
    uint64_t time_ns; /* of the first byte in `bytes` */
    uint64_t newest_ns;
    bool started; /* a record has been taken: SSLv2 is over */
} hsi_framer;

typedef struct hsi_frame {
    hsi_bytes header; /* 5 bytes, or 2 of SSLv2; fewer where cut */
    hsi_bytes fragment;
    uint64_t time_ns;
    uint8_t type; /* ContentType; SSLv2: handshake */
    uint16_t version; /* as the header has it; SSLv2: 0x0002 */
    bool sslv2;
} hsi_frame;

void hsi_framer_cleanup(hsi_framer *framer);
HSI_MUST_USE hsi_status hsi_framer_feed(hsi_framer *framer, hsi_bytes bytes, uint64_t time_ns);

/* hsi_framer_peek borrows the next whole record: good until the framer changes. False: it has not all come. */
bool hsi_framer_peek(const hsi_framer *framer, hsi_frame *out);

/* hsi_framer_peek_cut borrows what there is of a record that will never be whole. False: there is nothing. */
bool hsi_framer_peek_cut(const hsi_framer *framer, hsi_frame *out);

/* hsi_framer_consume moves past the record that was peeked. */
void hsi_framer_consume(hsi_framer *framer, const hsi_frame *frame);

/* hsi_framer_finds: do these bytes, of a packet from the middle of a connection, begin with a record, as what follows in them
 * shows: it ends where they end, or another one begins there? */
bool hsi_framer_finds(hsi_bytes bytes);

#endif
