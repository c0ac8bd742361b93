// Which files a path of the filesystem connector names.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runtime/connectors/connector.h"

namespace weir::connectors {

// `file:///data/x` -> `/data/x`; another scheme (`s3://`) is an error.
Result<std::string> local_path(std::string_view written);

// The files of a path, sorted: itself if it is a file; everything below it if it is a directory; else what the glob
// matches (directories among the matches count as such). Names that begin with `.` or `_` are ignored below a
// directory and as matches of a glob. Nothing found is an error for a glob and none for a directory.
Result<std::vector<std::string>> list_files(const std::string& path);

}  // namespace weir::connectors
