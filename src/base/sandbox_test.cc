#include "base/sandbox.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

namespace weir {
namespace {

// What a confined child could do: one bit a question.
int try_in_child(const std::string& folder) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    const Status done = confine_to({.writable = {folder}, .readable = {"/proc"}});
    if (!done.has_value()) ::_exit(done.error().code() == ErrorCode::kUnsupported ? 64 : 65);
    int could = 0;
    if (::open((folder + "/new").c_str(), O_CREAT | O_WRONLY, 0600) >= 0) could |= 1;
    if (::open("/proc/self/stat", O_RDONLY) >= 0) could |= 2;
    if (::open("/etc/passwd", O_RDONLY) >= 0) could |= 4;
    if (::open("/tmp/weir-sandbox-escape", O_CREAT | O_WRONLY, 0600) >= 0) could |= 8;
    ::execl("/bin/true", "true", nullptr);
    ::_exit(could);
  }
  int status = 0;
  ::waitpid(pid, &status, 0);
  return WEXITSTATUS(status);
}

TEST(SandboxTest, OnlyTheNamedFoldersOpen) {
  char folder[] = "/tmp/weir-sandbox-XXXXXX";
  ASSERT_NE(::mkdtemp(folder), nullptr);
  const int could = try_in_child(folder);
  ::unlink((std::string(folder) + "/new").c_str());
  ::rmdir(folder);
  if (could == 64) GTEST_SKIP() << "no Landlock here";
  EXPECT_EQ(could, 3);  // exec would have ended with 0
}

}  // namespace
}  // namespace weir
