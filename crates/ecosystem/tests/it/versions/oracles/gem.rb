# Compares tab-separated pairs of versions with RubyGems.
$stdin.each_line(chomp: true) do |line|
  a, b = line.split("\t", -1).map { |text| Gem::Version.new(text) }
  puts "<=>"[(a <=> b) + 1]
rescue ArgumentError
  puts "!"
end
