// Secrets are looked up when a job starts. Nothing that is shown or stored before or after has them.
#include "tests/unit/cli/commands.h"

namespace weir::cli {
namespace {

class Secrets : public Commands {
 protected:
  void SetUp() override {
    Commands::SetUp();
    setenv("WEIR_TEST_SECRET", kSecret.c_str(), 1);
    write("secret", kSecret + "\n");
    write("q.stream", table("'properties.sasl.password' = '${env:WEIR_TEST_SECRET}'") +
                          "INSERT INTO o SELECT a FROM i;\n");
  }
  void TearDown() override {
    unsetenv("WEIR_TEST_SECRET");
    Commands::TearDown();
  }

  static std::string table(const std::string& options) {
    std::string text;
    for (const char* name : {"i", "o"})
      text += fmt::format(
          "CREATE TABLE {0} (a BIGINT) WITH ('connector' = 'kafka', 'topic' = '{0}', "
          "'properties.bootstrap.servers' = "
          "'127.0.0.1:1', 'format' = 'json', {1});\n",
          name, options);
    return text;
  }
  void expect_hidden(const Ran& ran, const std::string& command) const {
    EXPECT_EQ(ran.out.find(kSecret), std::string::npos) << command << "\n" << ran.out;
    EXPECT_EQ(ran.err.find(kSecret), std::string::npos) << command << "\n" << ran.err;
  }

  const std::string kSecret = "hunter2-4711";
};

TEST_F(Secrets, AreNotInWhatIsExplained) {
  for (const char* stage : {"--ast", "--plan", "--passes", "--pipelines", "--ir"}) {
    const std::string command = fmt::format("weir explain {} q.stream", stage);
    const Ran ran = run(command);
    EXPECT_EQ(ran.status, 0) << command << ran.err;
    EXPECT_NE(ran.out, "") << command;
    expect_hidden(ran, command);
  }
  expect_hidden(run("weir check q.stream"), "check");
  expect_hidden(run("weir -c \"$(cat q.stream | sed '$d'); SHOW CREATE TABLE i; EXPLAIN SELECT a FROM i\""),
                "SHOW");
}

TEST_F(Secrets, AreNotInExecutables) {
  const Ran ran = run("weir compile q.stream -o job");
  ASSERT_EQ(ran.status, 0) << ran.err;
  const std::string bytes = read("job");
  EXPECT_NE(bytes.find("${env:WEIR_TEST_SECRET}"), std::string::npos);  // it is looked up
  EXPECT_EQ(bytes.find(kSecret), std::string::npos);
  for (const char* command : {"./job --help", "./job --version"}) expect_hidden(run(command), command);
}

TEST_F(Secrets, AreNotInErrors) {
  // Each is found wrong by the client itself; none needs a broker.
  const std::pair<const char*, const char*> kWrong[] = {
      {"'properties.security.protocol' = 'ssl', 'properties.ssl.key.pem' = '${env:WEIR_TEST_SECRET}'",
       "error: the `properties.*` do not fit: ssl.key.pem failed"},
      {"'properties.security.protocol' = 'ssl', 'properties.ssl.key.password' = '${file:secret}', "
       "'properties.ssl.key.pem' = '${file:secret}'",
       "error: the `properties.*` do not fit: ssl.key.pem failed"},
      {"'properties.sasl.jaas.config' = 'x.PlainLoginModule required user=\"a\" "
       "password=\"${env:WEIR_TEST_SECRET}\";'",
       "error: `properties.sasl.jaas.config` cannot be set: it has no `username"},
  };
  for (const auto& [options, error] : kWrong) {
    write("wrong.stream", table(options) + "INSERT INTO o SELECT a FROM i;\n");
    const Ran ran = run("weir run wrong.stream");
    EXPECT_EQ(ran.status, 2) << options;
    EXPECT_TRUE(ran.err.starts_with(error)) << ran.err;
    expect_hidden(ran, options);
  }
}

TEST_F(Secrets, InTheTextAreRefused) {
  const char* const kShown[] = {
      "'properties.sasl.password' = 'hunter2-4711'",
      "'properties.sasl.password' = 'hunter2-4711${env:WEIR_TEST_SECRET}'",
      "'properties.sasl.jaas.config' = 'x.PlainLoginModule required username=\"a\" "
      "password=\"hunter2-4711\";'",
      "'properties.sasl.jaas.config' = 'x.PlainLoginModule required username=\"${env:U}\" "
      "password=\"hunter2-4711\";'",
      "'properties.sasl.jaas.config' = 'x.PlainLoginModule required password = hunter2-4711 username=a;'",
  };
  for (const char* options : kShown) {
    write("shown.stream", table(options) + "INSERT INTO o SELECT a FROM i;\n");
    const Ran ran = run("weir check shown.stream");
    EXPECT_EQ(ran.status, 1) << options;
    EXPECT_NE(ran.err.find("is a secret, and the text shows it [secret-in-text]"), std::string::npos)
        << ran.err;
  }
  write("hidden.stream", table("'properties.sasl.jaas.config' = 'x.PlainLoginModule required username=\"a\" "
                               "password=\"${env:WEIR_TEST_SECRET}\";'") +
                             "INSERT INTO o SELECT a FROM i;\n");
  EXPECT_EQ(run("weir check hidden.stream").status, 0);
}

TEST_F(Secrets, AndFilesComeFromAFileOfWhoStartsTheJob) {
  write("client.properties", "security.protocol=ssl\nssl.ca.location=/nowhere/ca.pem\n");
  write("plain.stream", table("'properties.client.rack' = 'r'") + "INSERT INTO o SELECT a FROM i;\n");
  const Ran ran = run("weir run plain.stream --kafka-config client.properties");
  EXPECT_EQ(ran.status, 2);
  EXPECT_TRUE(ran.err.starts_with("error: the `properties.*` do not fit: ssl.ca.location failed")) << ran.err;
  EXPECT_EQ(run("weir run plain.stream --kafka-config none").err,
            "error: `--kafka-config`: cannot read `none`: no such file or directory\n");
}

}  // namespace
}  // namespace weir::cli
