/* Limits: what bounds the memory of reading a capture. docs/limits.md says the same.
 * SPDX-License-Identifier: MIT */
#ifndef HSI_CAPTURE_LIMITS_H
#define HSI_CAPTURE_LIMITS_H

/* A packet in the file: more than any network has (BIG TCP: 512 KiB). A longer one: the file is damaged. */
#define HSI_PACKET_MOST ((size_t)1 << 20)

/* A block of pcapng that has to be in memory at once: key logs can be long. Others are passed over at any length. */
#define HSI_BLOCK_MOST ((size_t)64 << 20)

/* Interfaces of a section of pcapng, 40 bytes each. */
#define HSI_INTERFACES_MOST ((size_t)65536)

/* IP datagrams that wait for fragments, 64 KiB at most each; they are given up after this time, by the packets' clock. */
#define HSI_DATAGRAMS_MOST ((size_t)256)
#define HSI_DATAGRAM_AGE_NS ((uint64_t)30000000000)

/* How far ahead of a missing byte the bytes behind it may lie, for each direction of a flow: more than a TCP window is in
 * practice. And how much may wait for missing bytes in all flows together; then the flow that has waited longest gets no
 * more time. A waiting byte takes two. */
#define HSI_WINDOW_MOST ((uint64_t)8 << 20)
#define HSI_WAITING_MOST ((size_t)32 << 20)

/* The last bytes of a direction, which retransmissions are compared with; takes up to twice as much. */
#define HSI_HISTORY_MOST ((size_t)8192)

/* Flows that are open; the one that has been silent longest is closed for the next. */
#define HSI_FLOWS_MOST ((size_t)65536)

/* A flow that was reset, or of which only one direction was captured and has ended, is closed when it has been silent for so
 * long: what was on its way still belongs to it. */
#define HSI_RESET_AGE_NS ((uint64_t)2000000000)

/* A closed flow is remembered for so long, so that late retransmissions begin no other; and so many of them. */
#define HSI_CLOSED_AGE_NS ((uint64_t)60000000000)
#define HSI_CLOSED_MOST ((size_t)16384)

#endif
