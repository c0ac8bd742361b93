#include <cstdlib>
#include <string_view>

#include "bench/kafka/bare.h"

namespace {

constexpr std::string_view kUsage =
    "usage: kafka_bare consume TOPIC | copy SOURCE TARGET | transactions TOPIC COUNT |\n"
    "       latency SOURCE TARGET RECORDS_PER_SECOND SECONDS WINDOW_MS";

}  // namespace

int main(int count, char** arguments) {
  using namespace weir::kafka_bare;
  const std::string_view command = count > 1 ? arguments[1] : "";
  if (command == "consume" && count == 3) {
    consume(arguments[2]);
  } else if (command == "copy" && count == 4) {
    copy(arguments[2], arguments[3]);
  } else if (command == "transactions" && count == 4) {
    transactions(arguments[2], std::atoi(arguments[3]));
  } else if (command == "latency" && count == 7) {
    latency(arguments[2], arguments[3], std::atoi(arguments[4]), std::atoi(arguments[5]),
            std::atoll(arguments[6]));
  } else {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(kUsage.size()), kUsage.data());
    return 2;
  }
  return 0;
}
