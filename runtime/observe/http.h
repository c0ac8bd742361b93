// A server for those who look at a job: answers GET, one request per connection, one connection at a time, on one thread.
#pragma once

#include <cstdint>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

namespace weir::observe {

struct HttpAddress {
  std::string host;  // numeric
  uint16_t port = 0;
  bool loopback = true;  // only this machine reaches it
};
// "HOST:PORT", ":PORT" or "PORT"; without a host 127.0.0.1. HOST is localhost, an IPv4 address, or an IPv6 one in brackets.
std::expected<HttpAddress, std::string> http_address(std::string_view text);

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};
// By path, without what follows a `?`. Called by the server's thread.
using HttpHandler = std::function<HttpResponse(std::string_view path)>;

class HttpServer {
 public:
  // Port 0: one that is free.
  static std::expected<std::unique_ptr<HttpServer>, std::string> open(const HttpAddress& address,
                                                                      HttpHandler handler);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // "http://127.0.0.1:9100"
  const std::string& url() const { return url_; }
  uint16_t port() const { return port_; }

 private:
  HttpServer(int listener, int wake, HttpHandler handler)
      : listener_(listener), wake_(wake), handler_(std::move(handler)) {}
  void serve();
  void answer(int connection);

  int listener_;
  int wake_;  // becomes readable when the server is to end
  HttpHandler handler_;
  std::string url_;
  uint16_t port_ = 0;
  std::thread thread_;
};

}  // namespace weir::observe
