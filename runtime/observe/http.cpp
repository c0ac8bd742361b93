#include "runtime/observe/http.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstring>
#include <system_error>

#include <fmt/format.h>

namespace weir::observe {
namespace {

constexpr size_t kMostRequestBytes = 8 << 10;
// A client that is slower than that is not waited for: the next one may be Prometheus.
constexpr auto kPatience = std::chrono::seconds(2);

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;
};

SocketAddress socket_address(const HttpAddress& address) {
  SocketAddress result;
  sockaddr_in v4{};
  if (inet_pton(AF_INET, address.host.c_str(), &v4.sin_addr) == 1) {
    v4.sin_family = AF_INET;
    v4.sin_port = htons(address.port);
    result.size = sizeof(v4);
    std::memcpy(&result.storage, &v4, sizeof(v4));
    return result;
  }
  sockaddr_in6 v6{};
  if (inet_pton(AF_INET6, address.host.c_str(), &v6.sin6_addr) == 1) {
    v6.sin6_family = AF_INET6;
    v6.sin6_port = htons(address.port);
    result.size = sizeof(v6);
    std::memcpy(&result.storage, &v6, sizeof(v6));
  }
  return result;
}

uint16_t bound_port(int listener) {
  SocketAddress bound;
  bound.size = sizeof(bound.storage);
  getsockname(listener, reinterpret_cast<sockaddr*>(&bound.storage), &bound.size);
  if (bound.storage.ss_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &bound.storage, sizeof(v6));
    return ntohs(v6.sin6_port);
  }
  sockaddr_in v4{};
  std::memcpy(&v4, &bound.storage, sizeof(v4));
  return ntohs(v4.sin_port);
}

std::string_view reason_of(int status) {
  switch (status) {
    case 200: return "OK";
    case 400: return "Bad Request";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    default: return "Service Unavailable";
  }
}

// Waits for what `poll` says; false: too late.
bool wait_for(int connection, int16_t event, std::chrono::steady_clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  pollfd waited{connection, event, 0};
  return left.count() > 0 && poll(&waited, 1, static_cast<int>(left.count())) > 0;
}

// Up to the empty line.
std::string read_request(int connection, std::chrono::steady_clock::time_point deadline) {
  std::string request;
  char buffer[2048];
  while (request.size() < kMostRequestBytes && request.find("\r\n\r\n") == std::string::npos &&
         wait_for(connection, POLLIN, deadline)) {
    const ssize_t count = recv(connection, buffer, sizeof(buffer), 0);
    if (count <= 0) {
      break;
    }
    request.append(buffer, static_cast<size_t>(count));
  }
  return request;
}

void write_response(int connection, std::string_view text, std::chrono::steady_clock::time_point deadline) {
  while (!text.empty() && wait_for(connection, POLLOUT, deadline)) {
    const ssize_t count = send(connection, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (count < 0 && errno != EAGAIN && errno != EINTR) {
      return;
    }
    text.remove_prefix(count < 0 ? 0 : static_cast<size_t>(count));
  }
}

}  // namespace

std::expected<HttpAddress, std::string> http_address(std::string_view text) {
  HttpAddress address{.host = "127.0.0.1"};
  const size_t colon = text.rfind(':');
  const std::string_view port = colon == std::string_view::npos ? text : text.substr(colon + 1);
  std::string_view host = colon == std::string_view::npos ? "" : text.substr(0, colon);
  const auto [stop, code] = std::from_chars(port.data(), port.data() + port.size(), address.port);
  if (port.empty() || code != std::errc{} || stop != port.data() + port.size()) {
    return std::unexpected(fmt::format("`{}` is not of the form HOST:PORT", text));
  }
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  }
  if (!host.empty() && host != "localhost") {
    address.host = host;
  }
  if (socket_address(address).size == 0) {
    return std::unexpected(fmt::format(
        "`{}` is no address of this machine: say `localhost`, an IPv4 address, or an IPv6 address in "
        "brackets",
        host));
  }
  address.loopback = address.host.starts_with("127.") || address.host == "::1";
  return address;
}

std::expected<std::unique_ptr<HttpServer>, std::string> HttpServer::open(const HttpAddress& address,
                                                                         HttpHandler handler) {
  const SocketAddress place = socket_address(address);
  const int listener = socket(place.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const int on = 1;
  const bool open = listener >= 0 && setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) == 0 &&
                    bind(listener, reinterpret_cast<const sockaddr*>(&place.storage), place.size) == 0 &&
                    listen(listener, 16) == 0;
  const int wake = open ? eventfd(0, EFD_CLOEXEC) : -1;
  if (wake < 0) {
    const std::string why = std::generic_category().message(errno);
    if (listener >= 0) {
      close(listener);
    }
    return std::unexpected(
        fmt::format("cannot serve metrics at {}, port {}: {}", address.host, address.port, why));
  }
  std::unique_ptr<HttpServer> server(new HttpServer(listener, wake, std::move(handler)));
  server->port_ = bound_port(listener);
  const bool v6 = address.host.find(':') != std::string::npos;
  server->url_ = v6 ? fmt::format("http://[{}]:{}", address.host, server->port_)
                    : fmt::format("http://{}:{}", address.host, server->port_);
  // Signals are for the threads of the job.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  server->thread_ = std::thread([&it = *server] { it.serve(); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return server;
}

HttpServer::~HttpServer() {
  if (thread_.joinable()) {
    const uint64_t one = 1;
    [[maybe_unused]] const ssize_t written = ::write(wake_, &one, sizeof(one));
    thread_.join();
  }
  close(listener_);
  close(wake_);
}

void HttpServer::serve() {
  while (true) {
    pollfd waited[] = {{listener_, POLLIN, 0}, {wake_, POLLIN, 0}};
    if (poll(waited, 2, -1) < 0 && errno != EINTR) {
      return;
    }
    if (waited[1].revents != 0) {
      return;
    }
    if (waited[0].revents == 0) {
      continue;
    }
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) {
      answer(connection);
      close(connection);
    } else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));  // it stays acceptable: no busy loop
    }
  }
}

void HttpServer::answer(int connection) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  const std::string request = read_request(connection, deadline);
  const std::string_view line = std::string_view(request).substr(0, request.find("\r\n"));
  const size_t path = line.find(' ');
  const size_t version = line.rfind(' ');
  const bool whole = request.find("\r\n\r\n") != std::string::npos && path != version;
  const std::string_view method = line.substr(0, whole ? path : 0);
  HttpResponse response;
  if (!whole) {
    response = {.status = 400, .body = "this is no request of HTTP\n"};
  } else if (method != "GET" && method != "HEAD") {
    response = {.status = 405, .body = "only GET is answered\n"};
  } else {
    std::string_view target = line.substr(path + 1, version - path - 1);
    response = handler_(target.substr(0, target.find('?')));
  }
  const std::string head =
      fmt::format("HTTP/1.1 {} {}\r\nContent-Type: {}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                  response.status, reason_of(response.status), response.content_type, response.body.size());
  write_response(connection, method == "HEAD" ? head : head + response.body, deadline);
}

}  // namespace weir::observe
