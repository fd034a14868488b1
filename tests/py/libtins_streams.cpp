// Prints the TCP streams that libtins finds in a capture, the oracle of test_reassembly.py. Call: libtins_streams FILE
// A line for each: the client's port, what the client sent, what the server sent, in hex.
// SPDX-License-Identifier: MIT
#include <tins/ip_reassembler.h>
#include <tins/sniffer.h>
#include <tins/tcp_ip/stream_follower.h>

#include <cstdio>
#include <map>
#include <vector>

using Tins::TCPIP::Stream;

struct Sent {
    std::vector<uint8_t> client, server;
};
static std::map<uint16_t, Sent> streams;

static void print(const std::vector<uint8_t> &bytes)
{
    std::putchar(' ');
    for (uint8_t byte : bytes) {
        std::printf("%02x", byte);
    }
}

static void follow(Stream &stream)
{
    stream.auto_cleanup_payloads(true);
    stream.client_data_callback([](Stream &s) {
        auto &sent = streams[s.client_port()].client;
        sent.insert(sent.end(), s.client_payload().begin(), s.client_payload().end());
    });
    stream.server_data_callback([](Stream &s) {
        auto &sent = streams[s.client_port()].server;
        sent.insert(sent.end(), s.server_payload().begin(), s.server_payload().end());
    });
}

int main(int, char **argv)
{
    Tins::FileSniffer file(argv[1]);
    Tins::TCPIP::StreamFollower follower;
    Tins::IPv4Reassembler fragments;
    follower.new_stream_callback(follow);
    for (auto &packet : file) {
        if (fragments.process(*packet.pdu()) != Tins::IPv4Reassembler::FRAGMENTED) {
            follower.process_packet(packet);
        }
    }
    for (const auto &stream : streams) {
        std::printf("%u", stream.first);
        print(stream.second.client);
        print(stream.second.server);
        std::putchar('\n');
    }
}
