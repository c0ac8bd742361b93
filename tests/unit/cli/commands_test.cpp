#include "tests/unit/cli/commands.h"

namespace weir::cli {
namespace {

TEST_F(Commands, RunGivesRowsOnStandardOutputAndTheSummaryOnStandardError) {
  const Ran ran = run("weir run good.stream");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, kRows);
  EXPECT_NE(ran.err.find("2 read"), std::string::npos) << ran.err;
  EXPECT_EQ(run("weir run --quiet good.stream").err, "");
}

TEST_F(Commands, FilesAndStandardInputAndText) {
  EXPECT_EQ(run("weir run -q -", read("good.stream")).out, kRows);
  EXPECT_EQ(run("weir -c \"$(cat good.stream)\" -q").out, kRows);
  EXPECT_EQ(run("weir run -q good.stream --set orders.path=none.json").status, 3);
}

TEST_F(Commands, AWrongQueryIsStatusOneWithEveryError) {
  for (const char* command : {"weir run bad.stream", "weir check bad.stream", "weir explain bad.stream",
                              "weir compile bad.stream -o job"}) {
    const Ran ran = run(command);
    EXPECT_EQ(ran.status, 1) << command;
    EXPECT_EQ(ran.out, "") << command;
    EXPECT_NE(ran.err.find("[unknown-column]\n  --> bad.stream:3:8\n"), std::string::npos) << ran.err;
    EXPECT_NE(ran.err.find("[syntax-error]\n  --> bad.stream:4:8\n"), std::string::npos) << ran.err;
  }
  EXPECT_FALSE(std::filesystem::exists(folder_ / "job"));
}

TEST_F(Commands, WrongUsageIsStatusTwo) {
  const std::pair<const char*, const char*> kMistakes[] = {
      {"weir rnu good.stream", "error: `rnu` is no command of weir\n  = hint: did you mean `run`?\n"},
      {"weir good.stream",
       "error: `good.stream` is no command of weir\n  = hint: `weir run good.stream` runs a file\n"},
      {"weir frobnicate", "error: `frobnicate` is no command of weir\n  = hint: `weir help` lists them\n"},
      {"weir -c", "error: `-c` is followed by the text to run\n"},
      {"weir run good.stream --set x", "error: `--set x` is not of the form KEY=VALUE\n"},
      {"weir run good.stream --without push_filtr",
       "error: `push_filtr` is no pass that can be left out\n  = hint: did you mean `push_filter`?\n"},
      {"weir explain --ast --plan good.stream",
       "error: `--ast` and `--plan` are two stages, and one is shown at a time\n"},
      {"weir test --ways jut good.stream",
       "error: `jut` is no way to run tests\n  = hint: did you mean `jit`?\n"},
      {"weir test nowhere", "error: there is no `nowhere`\n"},
  };
  for (const auto& [command, error] : kMistakes) {
    const Ran ran = run(command);
    EXPECT_EQ(ran.status, 2) << command;
    EXPECT_EQ(ran.err, error);
  }
  EXPECT_EQ(run("weir run").status, 2);
  EXPECT_EQ(run("weir run good.stream --frob").status, 2);
}

TEST_F(Commands, ASettingThatIsNoneIsWrongUsageAndHasNoPlaceInTheText) {
  const std::pair<const char*, const char*> kMistakes[] = {
      {"paralelism.default=2",
       "error: `--set paralelism.default`: there is neither such a setting nor such a table "
       "[unknown-override]\n"
       "   = hint: did you mean `parallelism.default`?\n"},
      {"ordrs.path=x",
       "error: `--set ordrs.path`: there is neither such a setting nor such a table [unknown-override]\n"
       "   = hint: did you mean `orders.…`?\n"},
      {"parallelism.default=x",
       "error: setting `parallelism.default` takes a whole number, not `x` [setting-value]\n"},
  };
  for (const auto& [setting, error] : kMistakes) {
    for (const char* command : {"run", "check", "explain", "compile -o job"}) {
      const Ran ran = run(fmt::format("weir {} good.stream --set {}", command, setting));
      EXPECT_EQ(ran.status, 2) << command << setting;
      EXPECT_EQ(ran.err, error);
    }
  }
  // What is wrong in the text counts more.
  EXPECT_EQ(run("weir run bad.stream --set paralelism.default=2").status, 1);
  const Ran json = run("weir check good.stream --json --set paralelism.default=2");
  EXPECT_EQ(json.out,
            "[\n{\"severity\":\"error\",\"code\":\"unknown-override\",\"message\":\"`--set "
            "paralelism.default`: there is "
            "neither such a setting nor such a "
            "table\",\"file\":\"good.stream\",\"labels\":[],\"notes\":[],\"hints\":[\"did "
            "you mean `parallelism.default`?\"]}\n]\n");
}

TEST_F(Commands, WhatAnExecutableLeavesOutIsSaid) {
  write("shown.stream", kTable + "SHOW TABLES;\nDESCRIBE orders;\nSELECT amount, ts FROM orders;\n");
  const Ran compiled = run("weir compile shown.stream -o job");
  EXPECT_EQ(compiled.status, 0) << compiled.err;
  EXPECT_EQ(
      compiled.err,
      "warning: 2 statements are left out of the executable\n"
      "  = note: SHOW, DESCRIBE and EXPLAIN, and SET without a key, show something while a text is run\n");
  EXPECT_EQ(run("./job --quiet").out, kRows);
  const Ran wrong = run("./job --set order.path=x");
  EXPECT_EQ(wrong.status, 2);
  EXPECT_EQ(wrong.err, "error: the job has no table `order`: did you mean `orders`?\n");
}

TEST_F(Commands, OnATerminalTheSummaryStandsBelowTheTable) {
  write("none.stream", kTable + "SELECT amount FROM orders WHERE amount > 5;\n");
  const Ran ran = run("script -qec \"'" + weir_.string() + "' run none.stream\" /dev/null");
  const size_t table = ran.out.find("(0 rows)"), summary = ran.out.find("2 read");
  ASSERT_NE(table, std::string::npos) << ran.out;
  ASSERT_NE(summary, std::string::npos) << ran.out;
  EXPECT_LT(table, summary) << ran.out;
}

TEST_F(Commands, WhatCannotBeReadIsStatusThree) {
  EXPECT_EQ(run("weir run none.stream").status, 3);
  EXPECT_EQ(run("weir run none.stream").err, "error: cannot read `none.stream`: No such file or directory\n");
  EXPECT_EQ(run("weir check .").err, "error: cannot read `.`: Is a directory\n");
}

TEST_F(Commands, OutputThatCannotBeWrittenIsStatusThree) {
  for (const char* command :
       {"weir functions", "weir --version", "weir check good.stream", "weir explain good.stream"}) {
    const Ran ran = run(std::string(command) + " > /dev/full");
    EXPECT_EQ(ran.status, 3) << command;
    EXPECT_EQ(ran.err, "error: cannot write standard output: No space left on device\n") << command;
  }
}

TEST_F(Commands, AFileThatStandardOutputIsGoesOnBeingWritten) {
  write("log", "before\n");
  write("to_stdout.stream",
        kTable +
            "CREATE TABLE out (amount DECIMAL(10, 2)) WITH ('connector' = 'filesystem', 'path' = "
            "'/dev/stdout', 'format' = 'json');\nINSERT INTO out SELECT amount FROM orders;\n");
  EXPECT_EQ(run("weir run -q to_stdout.stream >> log").status, 0);
  EXPECT_EQ(read("log"), "before\n{\"amount\":1.50}\n{\"amount\":2.00}\n");
  const Ran dash = run("weir run -q to_stdout.stream --set out.path=-");
  EXPECT_EQ(dash.status, 2);
  EXPECT_EQ(dash.err, "error: `-` is standard input; `/dev/stdout` is standard output, and `./-` a file\n");
}

TEST_F(Commands, OverridesReachTheJobsThatHaveTheTable) {
  write("two.stream",
        "CREATE TABLE `a.b` (n INT) WITH ('connector' = 'filesystem', 'path' = 'none.json', 'format' = "
        "'json');\n"
        "CREATE TABLE c (n INT) WITH ('connector' = 'datagen', 'number-of-rows' = '1', 'fields.n.kind' = "
        "'sequence', "
        "'fields.n.start' = '1', 'fields.n.end' = '1');\n"
        "SELECT n FROM `a.b`;\nSELECT n FROM c;\n");
  write("n.json", "{\"n\":7}\n");
  const Ran ran = run("weir run -q two.stream --set a.b.path=n.json");
  EXPECT_EQ(ran.err, "");
  EXPECT_EQ(ran.out, "{\"n\":7}\n{\"n\":1}\n");
}

TEST_F(Commands, TwoTablesDoNotWriteOneFile) {
  write("one_file.stream",
        kTable +
            "CREATE TABLE x (amount DECIMAL(10, 2)) WITH ('connector' = 'filesystem', 'path' = 'file://" +
            folder_.string() +
            "/o.json', 'format' = 'json');\nCREATE TABLE y (amount DECIMAL(10, 2)) WITH ('connector' = "
            "'filesystem', 'path' = 'o.json', 'format' = 'json');\n"
            "INSERT INTO x SELECT amount FROM orders;\nINSERT INTO y SELECT amount FROM orders;\n");
  const Ran ran = run("weir run -q one_file.stream");
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.err, "error: tables `x` and `y` would both write `o.json`\n");
}

TEST_F(Commands, WhereToRestartIsAskedOfTopicsOnly) {
  for (const char* flag : {"--restart-from earliest", "--accept-data-loss", "--instance a"}) {
    const Ran ran = run(fmt::format("weir run -q good.stream {}", flag));
    EXPECT_EQ(ran.status, 2);
    EXPECT_EQ(ran.err, fmt::format("error: `{}` is for jobs over topics, and this one has none\n",
                                   std::string_view(flag).substr(0, std::string_view(flag).find(' '))));
  }
}

TEST_F(Commands, StandardInputHasOneReader) {
  write("stdin.stream",
        "CREATE TABLE x (n INT) WITH ('connector' = 'filesystem', 'path' = '-', 'format' = 'json');\n"
        "CREATE TABLE y (n INT) WITH ('connector' = 'filesystem', 'path' = '-', 'format' = 'json');\n"
        "SELECT n FROM x UNION ALL SELECT n FROM y;\n");
  const Ran ran = run("weir run -q stdin.stream", "{\"n\":1}\n");
  EXPECT_EQ(ran.status, 2);
  EXPECT_EQ(ran.err, "error: tables `x` and `y` would both read standard input\n");
}

TEST_F(Commands, ATestFileThatCannotFailIsRefused) {
  const std::string query = "--- query\n" + kTable + "SELECT amount FROM orders;\n--- expect rows\n";
  const std::pair<std::string, std::string> kMistakes[] = {
      {"--- ways jitt\n" + query, "t.stream:1: `jitt` is no way to run tests"},
      {query + "--- expect exit abc\n", "t.stream:6: `abc` is no exit status"},
  };
  for (const auto& [text, mistake] : kMistakes) {
    write("t.stream", text);
    const Ran ran = run("weir test t.stream");
    EXPECT_NE(ran.status, 0);
    EXPECT_NE((ran.out + ran.err).find(mistake), std::string::npos) << ran.out << ran.err;
  }
  write("t.stream",
        "--- query\r\nCREATE TABLE c (n INT) WITH ('connector' = 'datagen', 'number-of-rows' = '0');\nSELECT "
        "n FROM c;\n"
        "--- expect rows\r\n--- expect file out.json\n");
  const Ran ran = run("weir test t.stream");
  EXPECT_EQ(ran.status, 1);
  EXPECT_NE(ran.out.find("expect file out.json"), std::string::npos) << ran.out << ran.err;
}

TEST_F(Commands, HelpAndVersion) {
  EXPECT_EQ(run("weir --version").out.substr(0, 5), "weir ");
  for (const char* command :
       {"weir help", "weir --help", "weir run --help", "weir test --help", "weir explain --help"}) {
    const Ran ran = run(command);
    EXPECT_EQ(ran.status, 0) << command;
    EXPECT_NE(ran.out, "") << command;
    EXPECT_EQ(ran.err, "") << command;
  }
}

TEST_F(Commands, CheckSaysWhatAQueryPromises) {
  const Ran ran = run("weir check good.stream");
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out,
            "SELECT\n"
            "  output      rows, never taken back\n"
            "  state       none\n"
            "  depends on  the input alone\n"
            "  watermark   orders\n"
            "  delivery    at least once over restarts (standard output)\n");
  EXPECT_EQ(run("weir check --json good.stream").out, "[]\n");
  const Ran json = run("weir check --json bad.stream");
  EXPECT_EQ(json.status, 1);
  EXPECT_EQ(json.err, "");
  EXPECT_NE(json.out.find("\"code\":\"unknown-column\""), std::string::npos) << json.out;
  EXPECT_NE(json.out.find("\"line\":3,\"column\":8,\"end_line\":3,\"end_column\":14"), std::string::npos)
      << json.out;
}

TEST_F(Commands, ExplainShowsEveryStage) {
  const std::pair<const char*, const char*> kStages[] = {
      {"--ast", "CreateTable orders"}, {"--plan", "Scan orders"}, {"--passes", "prune_columns: "},
      {"--pipelines", "orders"},       {"--ir", "@weir_program"}, {"--asm", "weir_program:"},
  };
  for (const auto& [stage, part] : kStages) {
    const Ran ran = run(fmt::format("weir explain {} good.stream", stage));
    EXPECT_EQ(ran.status, 0) << stage;
    EXPECT_NE(ran.out.find(part), std::string::npos) << stage << "\n" << ran.out.substr(0, 2000);
  }
  EXPECT_EQ(run("weir explain good.stream").out, run("weir explain --plan good.stream").out);
}

TEST_F(Commands, CompileMakesAnExecutableOfOneJob) {
  const Ran compiled = run("weir compile good.stream -o job");
  ASSERT_EQ(compiled.status, 0) << compiled.err;
  EXPECT_EQ(run("./job --quiet").out, kRows);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "job.o"));

  write("two.stream", kTable + "SELECT amount FROM orders; SELECT ts FROM orders;");
  const Ran two = run("weir compile two.stream -o job2");
  EXPECT_EQ(two.status, 1);
  EXPECT_EQ(two.err,
            "error: an executable is one job, and `two.stream` holds 2\n"
            "  = note: SELECT\n  = note: SELECT\n"
            "  = hint: each SELECT is a job of its own; INSERTs that follow each other are one\n");
  write("none.stream", kTable);
  EXPECT_EQ(run("weir compile none.stream -o job3").status, 1);
  EXPECT_EQ(run("weir compile good.stream -o no/such/folder/job").status, 3);
}

TEST_F(Commands, TheShellKeepsWhatIsDeclared) {
  const Ran ran =
      run("weir",
          kTable + "SHOW TABLES;\nSELECT amount\nFROM orders;\nSELECT nothing FROM orders;\nSHOW VIEWS;\n");
  EXPECT_EQ(ran.out, "orders\n{\"amount\":1.50}\n{\"amount\":2.00}\n");
  EXPECT_NE(ran.err.find("[unknown-column]"), std::string::npos);
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(run("weir repl", "SHOW TABLES;\n\\q\nSELECT nonsense").status, 0);
}

TEST_F(Commands, TestComparesAndShowsWhatDiffers) {
  const std::string query =
      "--- input orders.json\n" + read("orders.json") + "--- query\n" +
      "CREATE TABLE o (amount DECIMAL(10, 2)) WITH ('connector' = 'filesystem', 'path' = "
      "'${dir}/orders.json', 'format' = 'json');\nSELECT amount FROM o;\n";
  write("t.stream", query + "--- expect rows\n{\"amount\":1.50}\n{\"amount\":3.00}\n");
  const Ran failed = run("weir test t.stream");
  EXPECT_EQ(failed.status, 1);
  EXPECT_EQ(failed.out,
            "FAIL t.stream:4 [jit]\n"
            "  expect rows (line 7):\n"
            "     {\"amount\":1.50}\n"
            "    -{\"amount\":3.00}\n"
            "    +{\"amount\":2.00}\n"
            "0 passed, 1 failed\n");

  EXPECT_EQ(run("weir test t.stream --update").status, 0);
  EXPECT_EQ(read("t.stream"), query + "--- expect rows\n{\"amount\":1.50}\n{\"amount\":2.00}\n");
  EXPECT_EQ(run("weir test t.stream --ways jit,O0,block1,threads2,executable").out, "5 passed, 0 failed\n");

  write("t.stream",
        query + "--- expect rows unordered\n{\"amount\":2.00}\n{\"amount\":1.50}\n\n--- expect exit 0\n");
  EXPECT_EQ(run("weir test t.stream").out, "1 passed, 0 failed\n");
  write("t.stream", query + "--- expect exit 3\n");
  EXPECT_EQ(run("weir test t.stream").out,
            "FAIL t.stream:4 [jit]\n  exit status 0, expected 3\n0 passed, 1 failed\n");
}

TEST_F(Commands, TestRefusesWhatIsNoTest) {
  const std::pair<const char*, const char*> kFiles[] = {
      {"SELECT 1;\n", "FAIL t.stream: there is no `--- query`\n"},
      {"--- query\nSELECT 1;\n", "FAIL t.stream:1: nothing is expected of this query\n"},
      {"--- quary\n",
       "FAIL t.stream:1: `--- quary` is no section; there are input, query, expect, set, ways\n"},
      {"--- query\n--- expect row\n", "FAIL t.stream:2: `row` is nothing that can be expected\n"},
      {"--- expect rows\n", "FAIL t.stream:1: `--- expect` stands before any query\n"},
  };
  for (const auto& [text, message] : kFiles) {
    write("t.stream", text);
    const Ran ran = run("weir test t.stream");
    EXPECT_EQ(ran.status, 1);
    EXPECT_EQ(ran.out, std::string(message) + "0 passed, 1 failed\n");
  }
  std::filesystem::create_directory(folder_ / "empty");
  EXPECT_EQ(run("weir test empty").err, "error: no test was found\n");
  EXPECT_EQ(run("weir test empty").status, 1);
}

}  // namespace
}  // namespace weir::cli
