<?php
// Compares tab-separated pairs of versions with composer/semver.
require '/usr/share/php/Composer/Semver/autoload.php';

use Composer\Semver\Comparator;
use Composer\Semver\VersionParser;

$parser = new VersionParser();
while (($line = fgets(STDIN)) !== false) {
    [$a, $b] = explode("\t", rtrim($line, "\n"));
    try {
        $a = $parser->normalize($a);
        $b = $parser->normalize($b);
    } catch (UnexpectedValueException $e) {
        echo "!\n";
        continue;
    }
    if (Comparator::lessThan($a, $b)) {
        echo "<\n";
    } elseif (Comparator::greaterThan($a, $b)) {
        echo ">\n";
    } elseif (Comparator::equalTo($a, $b) && strpos($a, 'dev-') !== 0) {
        echo "=\n";
    } else {
        echo "!\n";
    }
}
