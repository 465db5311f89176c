#include "store/supervisor.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/process.h"
#include "net/http_client.h"

namespace weir::store {
namespace {

constexpr int64_t kPatienceMs = 60'000;

class SupervisorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    char folder[] = "/tmp/weir-supervisor-XXXXXX";
    ASSERT_NE(::mkdtemp(folder), nullptr);
    folder_ = folder;
  }
  void TearDown() override { static_cast<void>(system_env().remove_tree(folder_)); }

  // A program that behaves like `weir store` as far as the supervisor sees.
  std::string fake_store(std::string_view body) {
    const std::string path = join_path(folder_, "fake");
    EXPECT_TRUE(
        write_file_atomic(system_env(), path, fmt::format("#!/bin/sh\n{}\n", body)).has_value());
    ::chmod(path.c_str(), 0755);
    return path;
  }

  SupervisorOptions options(std::string program) {
    SupervisorOptions out;
    out.program = std::move(program);
    out.data_dir = join_path(folder_, "data");
    return out;
  }

  template <typename Condition>
  static bool eventually(Condition condition) {
    const int64_t until = system_clock().monotonic_ms() + kPatienceMs;
    while (!condition()) {
      if (system_clock().monotonic_ms() > until) return false;
      system_clock().sleep_ns(5'000'000);
    }
    return true;
  }

  Metrics metrics_;
  Context context_{
      .env = system_env(), .clock = system_clock(), .log = silent_logger(), .metrics = metrics_};
  std::string folder_;
};

TEST_F(SupervisorTest, StartsAgainOnTheSamePort) {
  const auto program =
      fake_store("echo \"$@\" >> " + folder_ +
                 "/calls; echo 'weir store listens on 127.0.0.1:4321'; exec sleep 1000");
  const auto supervisor = StoreSupervisor::start(context_, options(program));
  ASSERT_TRUE(supervisor->wait_ready(kPatienceMs).has_value());
  EXPECT_EQ(supervisor->status().port, 4321);
  const int first = supervisor->status().pid;
  ::kill(first, SIGKILL);
  EXPECT_TRUE(eventually([&] {
    const auto now = supervisor->status();
    return now.health == StoreHealth::kReady && now.pid != first && now.pid != 0;
  }));
  EXPECT_EQ(supervisor->status().restarts, 1U);
  EXPECT_NE(supervisor->status().last_error.find("signal 9"), std::string::npos);
  const auto calls = read_file(system_env(), folder_ + "/calls");
  ASSERT_TRUE(calls.has_value());
  EXPECT_NE(calls->find("--port 0"), std::string::npos);
  EXPECT_NE(calls->find("--port 4321"), std::string::npos);
  supervisor->stop();
  EXPECT_EQ(supervisor->status().health, StoreHealth::kStopped);
  EXPECT_EQ(::kill(first, 0), -1);
}

TEST_F(SupervisorTest, SaysWhyItCannotStart) {
  const auto program = fake_store("echo 'error: no engine here' >&2; exit 1");
  const auto supervisor = StoreSupervisor::start(context_, options(program));
  const auto ready = supervisor->wait_ready(kPatienceMs);
  ASSERT_FALSE(ready.has_value());
  EXPECT_NE(ready.error().message().find("no engine here"), std::string::npos)
      << ready.error().message();
  EXPECT_EQ(supervisor->status().health, StoreHealth::kFailed);
}

TEST_F(SupervisorTest, KillsWhatDoesNotStop) {
  const auto program = fake_store(
      "trap '' TERM; echo 'weir store listens on 127.0.0.1:4321'; while :; do sleep 0.1; done");
  const auto supervisor = StoreSupervisor::start(context_, options(program));
  ASSERT_TRUE(supervisor->wait_ready(kPatienceMs).has_value());
  const int pid = supervisor->status().pid;
  supervisor->stop();
  EXPECT_EQ(::kill(pid, 0), -1);
}

// With the real program and engine, when both are built.
TEST_F(SupervisorTest, AKilledStoreLosesNothing) {
  const std::string program = join_path(parent_path(executable_path()), "weir");
  const std::string library = join_path(parent_path(executable_path()), "lib/libchdb.so");
  if (!system_env().exists(program) || !system_env().exists(library)) {
    GTEST_SKIP() << "needs build/weir and build/lib/libchdb.so";
  }
  const auto supervisor = StoreSupervisor::start(context_, options(program));
  const auto ready = supervisor->wait_ready(kPatienceMs);
  ASSERT_TRUE(ready.has_value()) << ready.error().to_string();
  net::HttpClient client({.port = supervisor->status().port});
  const auto must = [&](std::string_view sql) {
    const auto answer = client.post("/", sql);
    EXPECT_TRUE(answer.has_value() && answer->status == 200)
        << (answer.has_value() ? answer->body : answer.error().to_string());
    return answer.has_value() ? answer->body : std::string();
  };
  must("CREATE TABLE t (x UInt32) ENGINE = MergeTree ORDER BY x");
  for (int round = 0; round < 2; ++round) {
    must(fmt::format("INSERT INTO t VALUES ({})", round));
    const int pid = supervisor->status().pid;
    ::kill(pid, SIGKILL);
    ASSERT_TRUE(eventually([&] {
      const auto now = supervisor->status();
      return now.health == StoreHealth::kReady && now.pid != pid && now.pid != 0;
    }));
    EXPECT_EQ(must("SELECT count() FROM t"), fmt::format("{}\n", round + 1));
  }
  supervisor->stop();
}

}  // namespace
}  // namespace weir::store
