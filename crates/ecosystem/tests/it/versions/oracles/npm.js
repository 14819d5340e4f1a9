// Compares tab-separated pairs of versions with the semver package that npm brings along.
// Argument: the directory of global packages.
const semver = require(`${process.argv[2]}/npm/node_modules/semver`);
const lines = require("fs").readFileSync(0, "utf8").split("\n").slice(0, -1);
for (const line of lines) {
  const [a, b] = line.split("\t");
  try {
    console.log("<=>"[semver.compareLoose(a, b) + 1]);
  } catch {
    console.log("!");
  }
}
