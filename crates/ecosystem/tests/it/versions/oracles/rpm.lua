-- Compares tab-separated pairs of versions with rpm.
for line in io.lines() do
    local a, b = line:match("^(.-)\t(.*)$")
    local ok, order = pcall(rpm.vercmp, a, b)
    if not ok then
        io.write("!\n")
    elseif order < 0 then
        io.write("<\n")
    elseif order > 0 then
        io.write(">\n")
    else
        io.write("=\n")
    end
end
