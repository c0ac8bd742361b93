#include "runtime/observe/http.h"

#include <gtest/gtest.h>

#include "tests/unit/runtime/observe/http_get.h"

namespace weir::observe {
namespace {

std::unique_ptr<HttpServer> open_server() {
  auto server = HttpServer::open({.host = "127.0.0.1"}, [](std::string_view path) -> HttpResponse {
    if (path == "/sick") {
      return {.status = 503, .body = "sick"};
    }
    return {.body = "at " + std::string(path)};
  });
  EXPECT_TRUE(server) << (server ? "" : server.error());
  return std::move(*server);
}

TEST(Http, AGetIsAnsweredByPath) {
  const auto server = open_server();
  EXPECT_EQ(server->url(), "http://127.0.0.1:" + std::to_string(server->port()));
  EXPECT_EQ(tests::get(server->port(), "/metrics?x=1"),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: 11\r\n"
            "Connection: close\r\n\r\nat /metrics");
  EXPECT_TRUE(tests::get(server->port(), "/sick").starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
}

TEST(Http, OthersAreRefused) {
  const auto server = open_server();
  EXPECT_TRUE(tests::ask(server->port(), "POST / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 405 "));
  EXPECT_TRUE(tests::ask(server->port(), "nonsense\r\n\r\n").starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(tests::ask(server->port(), std::string(20'000, 'x')).starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(tests::ask(server->port(), "HEAD /a HTTP/1.1\r\n\r\n").ends_with("\r\n\r\n"));
  EXPECT_TRUE(tests::get(server->port(), "/b").ends_with("at /b"));  // it goes on
}

TEST(Http, APortThatIsTakenIsAnError) {
  const auto server = open_server();
  const auto second = HttpServer::open({.host = "127.0.0.1", .port = server->port()}, {});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), "cannot serve metrics at 127.0.0.1, port " + std::to_string(server->port()) +
                                ": Address already in use");
}

TEST(Http, AddressesAreHostAndPort) {
  EXPECT_EQ(http_address("9100")->host, "127.0.0.1");
  EXPECT_EQ(http_address("9100")->port, 9100);
  EXPECT_EQ(http_address(":9100")->host, "127.0.0.1");
  EXPECT_EQ(http_address("localhost:1")->host, "127.0.0.1");
  EXPECT_EQ(http_address("[::1]:1")->host, "::1");
  EXPECT_TRUE(http_address("[::1]:1")->loopback);
  EXPECT_FALSE(http_address("0.0.0.0:1")->loopback);
  EXPECT_EQ(http_address("localhost").error(), "`localhost` is not of the form HOST:PORT");
  EXPECT_EQ(http_address("1.2.3.4:70000").error(), "`1.2.3.4:70000` is not of the form HOST:PORT");
  EXPECT_EQ(http_address("host:1").error(),
            "`host` is no address of this machine: say `localhost`, an IPv4 address, or an IPv6 address in "
            "brackets");
}

}  // namespace
}  // namespace weir::observe
