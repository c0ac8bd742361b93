#include "runtime/job/manifest/client_config.h"

#include <gtest/gtest.h>

#include "tests/unit/runtime/connectors/temporary_directory.h"

namespace weir::job {
namespace {

Manifest manifest_of_job() {
  Manifest manifest;
  ManifestScan scan;
  scan.options = {{"connector", "kafka"}, {"topic", "o"}, {"properties.bootstrap.servers", "b:1"}};
  manifest.scans.push_back(scan);
  ManifestSink sink;
  sink.options = {{"connector", "filesystem"}, {"path", "x"}};
  manifest.sinks.push_back(sink);
  return manifest;
}

TEST(ClientConfig, IsLaidUnderTheOptionsOfTopics) {
  const tests::TemporaryDirectory directory;
  directory.write("c",
                  "# of this machine\n!\n\n ssl.ca.location = /etc/ca.pem \r\nbootstrap.servers=other:2\n"
                  "sasl.password=${env:PW}=\nempty=\n");
  Manifest manifest = manifest_of_job();
  ASSERT_TRUE(lay_under(manifest, directory.file("c")));
  EXPECT_EQ(manifest.scans[0].options, (Options{{"connector", "kafka"},
                                                {"topic", "o"},
                                                {"properties.bootstrap.servers", "b:1"},
                                                {"properties.ssl.ca.location", "/etc/ca.pem"},
                                                {"properties.sasl.password", "${env:PW}="},
                                                {"properties.empty", ""}}));
  EXPECT_EQ(manifest.sinks[0].options, (Options{{"connector", "filesystem"}, {"path", "x"}}));
}

TEST(ClientConfig, ThatIsWrongIsAnErrorThatShowsNoValue) {
  const tests::TemporaryDirectory directory;
  directory.write("c", "client.rack=r\nsasl.password hunter2\n");
  directory.write("d", "plugin.library.paths=/tmp/x.so\n");
  Manifest manifest = manifest_of_job();
  EXPECT_EQ(lay_under(manifest, directory.file("c")).error().text,
            "`--kafka-config`: line 2 of `" + directory.file("c") + "`: it is not of the form `name=value`");
  EXPECT_EQ(lay_under(manifest, directory.file("d")).error().text,
            "`--kafka-config`: line 1 of `" + directory.file("d") +
                "`: `plugin.library.paths` cannot be set: it would load or run foreign code");
  EXPECT_EQ(lay_under(manifest, "/nowhere").error().text,
            "`--kafka-config`: cannot read `/nowhere`: no such file or directory");
}

}  // namespace
}  // namespace weir::job
