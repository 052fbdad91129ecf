--- Expects fn to raise an error value with a code, whose message holds a text.
---
---   fails("shape", "[2] and [3]", function() return a + b end)
---@param code string
---@param text string plain, no pattern
---@param fn function
---@return table the error value
return function(code, text, fn)
  local ok, err = pcall(fn)
  if ok then error(("wants an error of code '%s', none was raised"):format(code), 2) end
  if type(err) ~= "table" or err.code ~= code then
    error(("wants an error of code '%s', got %s"):format(code, type(err) == "table" and tostring(err.code) .. ": "
      .. tostring(err) or tostring(err)), 2)
  end
  if not tostring(err):find(text, 1, true) then
    error(("wants a message with '%s', got '%s'"):format(text, tostring(err)), 2)
  end
  return err
end
