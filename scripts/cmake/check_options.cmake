# Values that options do not take stop the configuration, and not the compiler later.

set(known_sanitizers address undefined leak thread)
foreach(sanitizer ${AELUA_SANITIZE})
  if(NOT sanitizer IN_LIST known_sanitizers)
    list(JOIN known_sanitizers ", " known)
    message(FATAL_ERROR "AELUA_SANITIZE wants a list of ${known}, separated by semicolons, got '${sanitizer}'")
  endif()
endforeach()
if(thread IN_LIST AELUA_SANITIZE AND (address IN_LIST AELUA_SANITIZE OR leak IN_LIST AELUA_SANITIZE))
  message(FATAL_ERROR "AELUA_SANITIZE: thread goes neither with address nor with leak")
endif()

if(AELUA_OPENBLAS AND (NOT EXISTS "${AELUA_OPENBLAS}" OR IS_DIRECTORY "${AELUA_OPENBLAS}"))
  message(FATAL_ERROR "AELUA_OPENBLAS wants the full path of OpenBLAS's shared library, which '${AELUA_OPENBLAS}' is not")
endif()

if(AELUA_ISA)
  execute_process(COMMAND ${CMAKE_C_COMPILER} -march=${AELUA_ISA} -E -x c /dev/null
                  OUTPUT_QUIET ERROR_VARIABLE said RESULT_VARIABLE failed)
  if(failed)
    string(STRIP "${said}" said)
    message(FATAL_ERROR "AELUA_ISA wants what the compiler takes as -march (native, x86-64-v3, ...), got '${AELUA_ISA}':\n"
                        "${said}")
  endif()
endif()
