//===- HostChannelTest.cpp - Records by way of the hosts ------------------===//
//
// Part of rdattn, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "runtime/comm/HostChannel.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

#include <netinet/in.h>
#include <numeric>
#include <sys/socket.h>
#include <thread>

using namespace rdattn::runtime;
using namespace rdattn::runtime::comm;
using testing::AnyOf;
using testing::HasSubstr;

namespace {
/// A rank without a transport.
class Rank : public Communicator {
public:
  using Communicator::Communicator;
  const char *transport() const override { return "none"; }
  MaybeFailure poll() override { return std::nullopt; }
  void abort(const std::string &) override {}
  Patience patience() const {
    return {*this, deadline(), [] { return MaybeFailure(); }};
  }

protected:
  MaybeFailure start(Step) override { return std::nullopt; }
  MaybeFailure finish(int64_t, void *) override { return std::nullopt; }
};

/// Channels of ranks that are threads.
struct Channels {
  explicit Channels(int32_t size, double timeout = 60) {
    for (int32_t rank = 0; rank < size; ++rank) {
      ranks.push_back(std::make_unique<Rank>(rank, size, timeout));
      channels.push_back(std::make_unique<HostChannel>());
    }
    MaybeFailure failure = channels[0]->listen(address);
    EXPECT_FALSE(failure) << failure->message;
  }

  std::vector<MaybeFailure>
  run(const std::function<MaybeFailure(Rank &, HostChannel &)> &body) {
    std::vector<MaybeFailure> failures(ranks.size());
    std::vector<std::thread> threads;
    for (size_t rank = 0; rank < ranks.size(); ++rank)
      threads.emplace_back(
          [&, rank] { failures[rank] = body(*ranks[rank], *channels[rank]); });
    for (std::thread &thread : threads)
      thread.join();
    return failures;
  }

  void join() {
    for (const MaybeFailure &failure :
         run([&](Rank &rank, HostChannel &channel) {
           return channel.join(rank.patience(), address);
         }))
      EXPECT_FALSE(failure) << failure->message;
  }

  HostAddress address;
  std::vector<std::unique_ptr<Rank>> ranks;
  std::vector<std::unique_ptr<HostChannel>> channels;
};
} // namespace

TEST(HostChannel, CollectsTheRecordsOfAllRanks) {
  for (int32_t size : {1, 2, 5}) {
    Channels channels(size);
    channels.join();
    for (size_t bytes : {size_t(0), size_t(1), size_t(24), size_t(3) << 20})
      for (int round = 0; round < 2; ++round)
        for (const MaybeFailure &failure :
             channels.run([&](Rank &rank, HostChannel &channel) {
               const std::string mine(bytes, char('a' + rank.rank + round));
               std::string all(bytes * size, '\0');
               MaybeFailure failure = channel.exchange(
                   rank.patience(), mine.data(), bytes, all.data());
               std::string expected;
               for (int32_t each = 0; each < size; ++each)
                 expected += std::string(bytes, char('a' + each + round));
               EXPECT_TRUE(all == expected) << rank.name();
               return failure;
             }))
          EXPECT_FALSE(failure) << failure->message;
  }
}

TEST(HostChannel, ARankThatHasLeftIsNamedAtOnce) {
  for (int32_t culprit : {0, 1, 3}) {
    Channels channels(4);
    channels.join();
    const auto start = Clock::now();
    auto failures = channels.run([&](Rank &rank, HostChannel &channel) {
      if (rank.rank == culprit) {
        channels.channels[culprit].reset();
        return MaybeFailure();
      }
      std::string all(8 * 4, '\0');
      return channel.exchange(rank.patience(), "8 bytes.", 8, all.data());
    });
    EXPECT_LT(Clock::now() - start, std::chrono::seconds(20));
    for (int32_t rank = 0; rank < 4; ++rank) {
      if (rank == culprit)
        continue;
      ASSERT_TRUE(failures[rank]);
      EXPECT_EQ(failures[rank]->status, RDATTN_RING_ERROR);
      EXPECT_THAT(failures[rank]->message,
                  HasSubstr("rank " + std::to_string(culprit) +
                            ", which has left the ring"));
    }
  }
}

TEST(HostChannel, AStallEndsWithTheTimeout) {
  Channels channels(3, 1);
  channels.join();
  auto failures = channels.run([&](Rank &rank, HostChannel &channel) {
    if (rank.rank == 2) {
      std::this_thread::sleep_for(std::chrono::milliseconds(1500));
      return MaybeFailure();
    }
    std::string all(8 * 3, '\0');
    return channel.exchange(rank.patience(), "8 bytes.", 8, all.data());
  });
  ASSERT_TRUE(failures[0] && failures[1]);
  EXPECT_EQ(failures[0]->message, "rank 0 of 3 waited 1 s in the exchange of "
                                  "plans for rank 2, which did not come");
  EXPECT_EQ(failures[1]->status, RDATTN_RING_ERROR);
}

TEST(HostChannel, RecordsOfOtherSizesAreRefused) {
  Channels channels(2);
  channels.join();
  auto failures = channels.run([&](Rank &rank, HostChannel &channel) {
    std::string all(32, '\0');
    return channel.exchange(rank.patience(), "16 bytes of them",
                            rank.rank ? 16 : 8, all.data());
  });
  ASSERT_TRUE(failures[0] && failures[1]);
  EXPECT_THAT(failures[0]->message, HasSubstr("rank 1 sends 16"));
  EXPECT_THAT(failures[1]->message, HasSubstr("rank 1 sends 16"));
}

TEST(HostChannel, StrangersOnThePortKeepNobodyWaiting) {
  Channels channels(2);
  std::vector<Socket> strangers;
  for (const std::string &text :
       {std::string(), std::string("GET / HTTP/1.1\r\n\r\n and so on"),
        std::string(24, '\1')}) {
    Socket socket(::socket(AF_INET, SOCK_STREAM, 0));
    sockaddr_in to = {};
    to.sin_family = AF_INET;
    to.sin_port = htons(static_cast<uint16_t>(channels.address.port));
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ASSERT_EQ(
        connect(socket.get(), reinterpret_cast<sockaddr *>(&to), sizeof(to)),
        0);
    ASSERT_EQ(send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL),
              ssize_t(text.size()));
    strangers.push_back(std::move(socket));
  }
  channels.join();
}

TEST(HostChannel, ARankThatDoesNotConnectIsNamed) {
  Channels channels(3, 0.2);
  auto failures = channels.run([&](Rank &rank, HostChannel &channel) {
    if (rank.rank == 1)
      return MaybeFailure();
    return channel.join(rank.patience(), channels.address);
  });
  ASSERT_TRUE(failures[0]);
  EXPECT_THAT(failures[0]->message,
              HasSubstr("for rank 1, which did not come"));
}

TEST(HostChannel, APortThatNobodyListensToIsAnError) {
  Rank rank(1, 2, 5);
  HostAddress address;
  {
    HostChannel closed;
    ASSERT_FALSE(closed.listen(address));
  }
  HostChannel channel;
  MaybeFailure failure = channel.join(rank.patience(), address);
  ASSERT_TRUE(failure);
  EXPECT_THAT(failure->message, HasSubstr("cannot reach rank 0 on port"));
}
