#include "runtime/connectors/file/path_list.h"

#include <algorithm>
#include <cerrno>

#include <dirent.h>
#include <glob.h>
#include <sys/stat.h>

#include <fmt/format.h>

#include "runtime/connectors/system_error.h"

namespace weir::connectors {
namespace {

bool is_hidden(std::string_view path) {
  const size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  return name.starts_with('.') || name.starts_with('_');
}

std::string join(const std::string& directory, std::string_view name) {
  return directory.ends_with('/') ? fmt::format("{}{}", directory, name)
                                  : fmt::format("{}/{}", directory, name);
}

// Symbolic links that form a circle end in ELOOP at stat; a link to a directory above does not, so depth is limited.
constexpr int kDeepestDirectory = 64;

Result<void> add_directory(const std::string& directory, int depth, std::vector<std::string>& files);

Result<void> add_path(const std::string& path, int depth, std::vector<std::string>& files) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) {
    return std::unexpected(system_error("read", path, errno));
  }
  if (S_ISDIR(status.st_mode)) {
    return add_directory(path, depth, files);
  }
  files.push_back(path);
  return {};
}

Result<void> add_directory(const std::string& directory, int depth, std::vector<std::string>& files) {
  if (depth > kDeepestDirectory) {
    return std::unexpected(
        Error{Error::Kind::InputOutput, fmt::format("cannot read `{}`: directories are nested deeper than {}",
                                                    directory, kDeepestDirectory)});
  }
  DIR* handle = opendir(directory.c_str());
  if (handle == nullptr) {
    return std::unexpected(system_error("read directory", directory, errno));
  }
  std::vector<std::string> names;
  errno = 0;
  while (const dirent* entry = readdir(handle)) {
    if (!is_hidden(entry->d_name)) {
      names.emplace_back(entry->d_name);
    }
  }
  const int error_number = errno;
  closedir(handle);
  if (error_number != 0) {
    return std::unexpected(system_error("read directory", directory, error_number));
  }
  for (const std::string& name : names) {
    if (auto added = add_path(join(directory, name), depth + 1, files); !added) {
      return added;
    }
  }
  return {};
}

bool has_wildcard(std::string_view path) { return path.find_first_of("*?[") != std::string_view::npos; }

Result<std::vector<std::string>> matches_of(const std::string& pattern) {
  glob_t found{};
  const int status = glob(pattern.c_str(), GLOB_NOSORT | GLOB_ERR, nullptr, &found);
  const int error_number = errno;
  std::vector<std::string> paths(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  globfree(&found);
  if (status != 0 && status != GLOB_NOMATCH) {
    return std::unexpected(system_error("search", pattern, error_number));
  }
  std::erase_if(paths, [](const std::string& path) { return is_hidden(path); });
  if (paths.empty()) {
    return std::unexpected(Error{Error::Kind::InputOutput, fmt::format("no file matches `{}`", pattern)});
  }
  return paths;
}

}  // namespace

Result<std::string> local_path(std::string_view written) {
  const size_t scheme_end = written.find("://");
  if (scheme_end == std::string_view::npos) {
    return std::string(written.starts_with("file:/") ? written.substr(5) : written);
  }
  const std::string_view scheme = written.substr(0, scheme_end);
  if (scheme != "file") {
    return std::unexpected(
        Error{Error::Kind::Usage,
              fmt::format("cannot open `{}`: only local files are supported, not `{}://`", written, scheme)});
  }
  return std::string(written.substr(scheme_end + 3));
}

Result<std::vector<std::string>> list_files(const std::string& path) {
  std::vector<std::string> files;
  struct stat status{};
  std::vector<std::string> roots{path};
  if (has_wildcard(path) && stat(path.c_str(), &status) != 0) {
    auto matches = matches_of(path);
    if (!matches) {
      return std::unexpected(matches.error());
    }
    roots = std::move(*matches);
  }
  for (const std::string& root : roots) {
    if (auto added = add_path(root, 0, files); !added) {
      return std::unexpected(added.error());
    }
  }
  std::ranges::sort(files);
  const auto repeated = std::ranges::unique(files);
  files.erase(repeated.begin(), repeated.end());
  return files;
}

}  // namespace weir::connectors
