#include "net/http_server.h"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/http_client.h"

namespace weir::net {
namespace {

using boost::asio::awaitable;

// A server with a few routes, and raw and cooked ways to call it.
class HttpServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    HttpRoutes routes;
    routes.add("GET", "/ping", [](HttpExchange& exchange) -> awaitable<void> {
      (void)co_await exchange.reply(http_text(200, "Ok.\n"));
    });
    routes.add("POST", "/echo", [](HttpExchange& exchange) -> awaitable<void> {
      (void)co_await exchange.start({});
      std::array<std::byte, 1000> piece;
      while (true) {
        const auto got = co_await exchange.read(piece);
        if (!got.has_value() || *got == 0) break;
        (void)co_await exchange.write({reinterpret_cast<const char*>(piece.data()), *got});
      }
      (void)co_await exchange.finish();
    });
    routes.add("", "/files/", [](HttpExchange& exchange) -> awaitable<void> {
      (void)co_await exchange.reply(http_text(200, exchange.request().path));
    });
    routes.add("GET", "/silent", [](HttpExchange& exchange) -> awaitable<void> {
      static_cast<void>(exchange);
      co_return;
    });
    routes.add("GET", "/broken", [](HttpExchange& exchange) -> awaitable<void> {
      (void)co_await exchange.start({});
      (void)co_await exchange.write("half");
    });
    routes.add_blocking("POST", "/blocking", [](HttpBlockingExchange& exchange) {
      const auto body = exchange.read_all(1U << 20U);
      if (!body.has_value()) {
        static_cast<void>(exchange.reply(http_text(413, body.error().message())));
        return;
      }
      static_cast<void>(exchange.start({.status = 201, .headers = {}}));
      for (int i = 0; i < 3; ++i) static_cast<void>(exchange.write(*body));
      static_cast<void>(exchange.finish());
    });
    HttpServerOptions options;
    options.listen.part = "test";
    options.allowed_hosts = {"friend"};
    auto server = HttpServer::start(runtime_, std::move(options), std::move(routes));
    ASSERT_TRUE(server.has_value());
    server_ = std::move(*server);
  }

  void TearDown() override {
    if (server_) server_->stop();
    runtime_.stop();
  }

  HttpClient client() { return HttpClient({.port = server_->port()}); }

  // Sends bytes as they are and returns all that comes until the server closes.
  std::string raw(std::string_view bytes) {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(server_->port());
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    EXPECT_EQ(::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
    std::string got;
    char piece[4096];
    for (ssize_t n = 0; (n = ::recv(fd, piece, sizeof(piece), 0)) > 0;) {
      got.append(piece, static_cast<size_t>(n));
    }
    ::close(fd);
    return got;
  }

  IoRuntime runtime_{"http-test", 2};
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpServerTest, AnswersAndKeepsTheConnection) {
  auto http = client();
  for (int i = 0; i < 3; ++i) {
    const auto response = http.get("/ping");
    ASSERT_TRUE(response.has_value()) << response.error().to_string();
    EXPECT_EQ(response->status, 200U);
    EXPECT_EQ(response->body, "Ok.\n");
  }
  EXPECT_EQ(server_->connections(), 1U);
}

TEST_F(HttpServerTest, Routes) {
  auto http = client();
  EXPECT_EQ(http.get("/nothing")->status, 404U);
  EXPECT_EQ(http.post("/ping", "x")->status, 405U);
  EXPECT_EQ(http.get("/files/a%20b?x=1")->body, "/files/a b");
  EXPECT_EQ(http.get("/silent")->status, 500U);
  EXPECT_EQ(http.request("HEAD", "/files/x")->body, "");
}

TEST_F(HttpServerTest, StreamsBothWays) {
  auto http = client();
  std::string sent;
  int pieces = 0;
  std::string piece;
  std::string got;
  const auto response = http.exchange(
      "POST", "/echo", {},
      [&]() -> Result<std::string_view> {
        if (++pieces > 50) return std::string_view();
        piece.assign(1777, static_cast<char>('a' + pieces % 26));
        sent += piece;
        return std::string_view(piece);
      },
      [&](std::string_view bytes) {
        got += bytes;
        return ok();
      });
  ASSERT_TRUE(response.has_value()) << response.error().to_string();
  EXPECT_EQ(got, sent);
}

TEST_F(HttpServerTest, BlockingHandlersRunOnWorkers) {
  auto http = client();
  const std::string body(300'000, 'z');
  const auto response = http.post("/blocking", body);
  ASSERT_TRUE(response.has_value()) << response.error().to_string();
  EXPECT_EQ(response->status, 201U);
  EXPECT_EQ(response->body, body + body + body);
  EXPECT_EQ(http.post("/blocking", std::string(3U << 20U, 'x'))->status, 413U);
}

TEST_F(HttpServerTest, ACutBodyIsAnError) {
  auto http = client();
  EXPECT_FALSE(http.get("/broken").has_value());
  const auto response = http.exchange(
      "POST", "/echo", {}, []() -> Result<std::string_view> { return invalid("no more"); }, {});
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().message(), "no more");
  EXPECT_EQ(http.get("/ping")->status, 200U);  // a new connection
}

TEST_F(HttpServerTest, RefusesForeignHostsAndOrigins) {
  auto http = client();
  for (const auto* method : {"GET", "POST", "OPTIONS", "PUT", "DELETE"}) {
    HttpHeaders foreign;
    foreign.set("Host", "evil.com");
    EXPECT_EQ(http.request(method, "/ping", foreign)->status, 421U);
    HttpHeaders origin;
    origin.set("Origin", "http://evil.com");
    EXPECT_EQ(http.request(method, "/ping", origin)->status, 403U);
  }
  HttpHeaders known;
  known.set("Host", "friend:8123");
  EXPECT_EQ(http.request("GET", "/ping", known)->status, 200U);
  EXPECT_NE(raw("GET /ping HTTP/1.1\r\nConnection: close\r\n\r\n").find(" 421 "),
            std::string::npos);
}

TEST_F(HttpServerTest, RefusesWhatIsNotHttp) {
  EXPECT_NE(raw("hello\r\n\r\n").find(" 400 "), std::string::npos);
  EXPECT_NE(
      raw("POST /echo HTTP/1.1\r\nHost: localhost\r\nContent-Length: x\r\n\r\n").find(" 400 "),
      std::string::npos);
  EXPECT_NE(raw("GET / HTTP/1.1\r\nHost: localhost\r\nX: " + std::string(kHttpMaxHeaderBytes, 'x') +
                "\r\n\r\n")
                .find(" 431 "),
            std::string::npos);
}

TEST_F(HttpServerTest, PipelinedRequestsAndContinue) {
  const std::string two =
      raw("GET /ping HTTP/1.1\r\nHost: localhost\r\n\r\n"
          "GET /ping HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(two.find("Ok.\n") == two.rfind("Ok.\n"), false);
  const std::string expecting =
      raw("POST /echo HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 3\r\n"
          "Connection: close\r\n\r\nabc");
  EXPECT_TRUE(expecting.find("abc") != std::string::npos) << expecting;
  const std::string old =
      raw("POST /echo HTTP/1.0\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_TRUE(old.ends_with("\r\n\r\nabc")) << old;
}

TEST_F(HttpServerTest, StopEndsConnections) {
  auto http = client();
  EXPECT_EQ(http.get("/ping")->status, 200U);
  const uint16_t port = server_->port();
  server_->stop();
  server_.reset();
  EXPECT_FALSE(http.get("/ping").has_value());
  EXPECT_EQ(HttpClient({.port = port}).get("/ping").error().code(), ErrorCode::kUnavailable);
}

TEST(HttpClientTest, SaysWhyItCannotConnect) {
  const auto response = HttpClient({.host = "no-such-host.invalid", .port = 1}).get("/");
  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().code(), ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace weir::net
