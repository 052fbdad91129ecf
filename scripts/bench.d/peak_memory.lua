--- The most memory that this process has had, in kB, as text; "0" where the system does not tell.
---@return string
return function()
  for line in io.lines("/proc/self/status") do
    local kilobytes = line:match("^VmHWM:%s*(%d+)")
    if kilobytes then return kilobytes end
  end
  return "0"
end
