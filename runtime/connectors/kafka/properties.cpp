#include "runtime/connectors/kafka/properties.h"

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>

#include <fmt/format.h>

namespace weir::connectors::kafka {
namespace {

struct Name {
  std::string_view java;
  std::string_view ours;
};

// Same meaning, same unit.
constexpr Name kRenamed[] = {
    {"fetch.max.wait.ms", "fetch.wait.max.ms"},
    {"receive.buffer.bytes", "socket.receive.buffer.bytes"},
    {"send.buffer.bytes", "socket.send.buffer.bytes"},
    {"max.request.size", "message.max.bytes"},
    {"sasl.oauthbearer.token.endpoint.url", "sasl.oauthbearer.token.endpoint.url"},
    {"sasl.kerberos.min.time.before.relogin", "sasl.kerberos.min.time.before.relogin"},
    {"ssl.keystore.certificate.chain", "ssl.certificate.pem"},
    {"ssl.keystore.key", "ssl.key.pem"},
    {"ssl.truststore.certificates", "ssl.ca.pem"},
};

std::unexpected<Error> refused(std::string_view name, std::string_view reason) {
  return std::unexpected(
      Error{Error::Kind::Usage, fmt::format("`properties.{}` cannot be set: {}", name, reason)});
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return result;
}

// `name="value"` of a JAAS line.
std::optional<std::string> jaas_option(std::string_view line, std::string_view name) {
  for (size_t at = line.find(name); at != std::string_view::npos; at = line.find(name, at + 1)) {
    const bool begins = at > 0 && (line[at - 1] == ' ' || line[at - 1] == '\t' || line[at - 1] == '\n');
    std::string_view rest = line.substr(at + name.size());
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    if (!begins || !rest.starts_with('=')) {
      continue;
    }
    rest.remove_prefix(1);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    if (rest.empty() || (rest[0] != '"' && rest[0] != '\'')) {
      return std::string(rest.substr(0, rest.find_first_of(" \t\n;")));
    }
    std::string value;
    for (size_t i = 1; i < rest.size() && rest[i] != rest[0]; ++i) {
      i += rest[i] == '\\' && i + 1 < rest.size() ? 1 : 0;
      value += rest[i];
    }
    return value;
  }
  return std::nullopt;
}

// sasl.jaas.config: PLAIN and SCRAM have user name and password there.
Result<void> add_jaas(Properties& out, std::string_view line) {
  if (line.find("PlainLoginModule") == std::string_view::npos &&
      line.find("ScramLoginModule") == std::string_view::npos) {
    return refused("sasl.jaas.config",
                   "only those of PlainLoginModule and ScramLoginModule are understood; Kerberos is set by "
                   "`properties.sasl.kerberos.keytab` and `properties.sasl.kerberos.principal`, OAuth by "
                   "`properties.sasl.oauthbearer.*`");
  }
  const auto user = jaas_option(line, "username");
  const auto password = jaas_option(line, "password");
  if (!user || !password) {
    return refused("sasl.jaas.config", "it has no `username=\"…\"` and `password=\"…\"`");
  }
  out.emplace_back("sasl.username", *user);
  out.emplace_back("sasl.password", *password);
  return {};
}

const std::string* find(const Properties& properties, std::string_view name) {
  const auto found = std::ranges::find(properties, name, &Properties::value_type::first);
  return found == properties.end() ? nullptr : &found->second;
}

// Java's key stores: PEM goes by other names, PKCS#12 as it is, JKS not at all.
Result<void> add_store(Properties& out, const Properties& all, const std::string& name,
                       const std::string& value) {
  const bool trust = name.starts_with("ssl.truststore");
  const std::string* type = find(all, trust ? "ssl.truststore.type" : "ssl.keystore.type");
  const std::string kind = type == nullptr ? "" : lower(*type);
  if (name.ends_with(".type")) {
    return {};
  }
  const bool location = name.ends_with(".location");
  if (kind == "pem") {
    if (location && trust) {
      out.emplace_back("ssl.ca.location", value);
    } else if (location) {  // one file with both, as Java has it
      out.emplace_back("ssl.certificate.location", value);
      out.emplace_back("ssl.key.location", value);
    }
    return {};
  }
  if (kind == "jks" || trust) {
    return refused(name, trust ? "trusted certificates are read as PEM: `keytool -exportcert -rfc …`, then "
                                 "`properties.ssl.ca.location`"
                               : "a Java key store cannot be read; `keytool -importkeystore … -deststoretype "
                                 "PKCS12` makes one that can");
  }
  out.emplace_back(name, value);
  return {};
}

Result<void> add_kilobytes(Properties& out, const std::string& java, std::string_view ours,
                           std::string_view text) {
  uint64_t bytes = 0;
  const auto [stop, code] = std::from_chars(text.data(), text.data() + text.size(), bytes);
  if (code != std::errc{} || stop != text.data() + text.size()) {
    return std::unexpected(
        Error{Error::Kind::Usage, fmt::format("`properties.{}` is no number of bytes: `{}`", java, text)});
  }
  out.emplace_back(ours, std::to_string(std::max<uint64_t>(bytes / 1024, 1)));
  return {};
}

}  // namespace

Result<Properties> translated(const Properties& properties) {
  Properties out;
  for (const auto& [name, value] : properties) {
    if (name == "group.id") {
      continue;  // the job has seen it
    }
    if (const Refusal* refusal = find_refusal(name)) {
      return refused(name, refusal->reason);
    }
    Result<void> added;
    if (const auto* const renamed = std::ranges::find(kRenamed, name, &Name::java);
        renamed != std::end(kRenamed)) {
      out.emplace_back(renamed->ours, value);
    } else if (name == "sasl.jaas.config") {
      added = add_jaas(out, value);
    } else if (name.starts_with("ssl.truststore.") || name.starts_with("ssl.keystore.")) {
      added = add_store(out, properties, name, value);
    } else if (name == "buffer.memory") {
      added = add_kilobytes(out, name, "queue.buffering.max.kbytes", value);
    } else if (name == "ssl.endpoint.identification.algorithm" && value.empty()) {
      out.emplace_back(name, "none");
    } else {
      out.emplace_back(name, value);
    }
    if (!added) {
      return std::unexpected(added.error());
    }
  }
  return out;
}

std::vector<std::string> secrets_of(const Properties& properties) {
  std::vector<std::string> secrets;
  for (const auto& [name, value] : properties) {
    if (!is_secret(name) || value.empty()) {
      continue;
    }
    secrets.push_back(value);
    if (name == "sasl.jaas.config") {
      if (auto password = jaas_option(value, "password"); password && !password->empty()) {
        secrets.push_back(*password);
      }
    }
  }
  // A secret that contains another is masked whole.
  std::ranges::sort(secrets, std::greater{}, &std::string::size);
  return secrets;
}

std::string nearest(std::string_view name, const std::vector<std::string>& names) {
  size_t best = std::max<size_t>(2, name.size() / 4) + 1;
  std::string found;
  std::vector<size_t> row;
  for (const std::string& candidate : names) {
    row.resize(candidate.size() + 1);
    std::iota(row.begin(), row.end(), size_t{0});
    for (size_t i = 1; i <= name.size(); ++i) {
      size_t diagonal = row[0];
      row[0] = i;
      for (size_t j = 1; j <= candidate.size(); ++j) {
        const size_t changed = diagonal + (name[i - 1] == candidate[j - 1] ? 0 : 1);
        diagonal = row[j];
        row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
      }
    }
    if (row.back() < best) {
      best = row.back();
      found = candidate;
    }
  }
  return found;
}

std::vector<std::string> java_names() {
  std::vector<std::string> names{"sasl.jaas.config",  "buffer.memory",           "ssl.truststore.type",
                                 "ssl.keystore.type", "ssl.truststore.location", "ssl.keystore.location"};
  for (const Name& name : kRenamed) {
    names.emplace_back(name.java);
  }
  return names;
}

}  // namespace weir::connectors::kafka
