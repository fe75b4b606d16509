# Fails when an include crosses a layer that ARCHITECTURE.md keeps apart. Linking enforces most of
# the rule; this catches headers that would compile without linking.
#   cmake -DROOT=<checkout> -P check_layers.cmake

set(violations "")

# forbid(PATTERN REASON FOLDERS... [EXCEPT FOLDERS...]): no file below the folders may have a line
# that matches PATTERN.
function(forbid pattern reason)
    cmake_parse_arguments(ARG "" "" "IN;EXCEPT" ${ARGN})
    foreach(folder IN LISTS ARG_IN)
        file(GLOB_RECURSE files "${ROOT}/${folder}/*.h" "${ROOT}/${folder}/*.cpp")
        foreach(file IN LISTS files)
            file(RELATIVE_PATH path "${ROOT}" "${file}")
            set(skip FALSE)
            foreach(except IN LISTS ARG_EXCEPT)
                string(FIND "${path}" "${except}/" at)
                if(at EQUAL 0)
                    set(skip TRUE)
                endif()
            endforeach()
            if(skip)
                continue()
            endif()
            file(STRINGS "${file}" lines REGEX "${pattern}")
            foreach(line IN LISTS lines)
                list(APPEND violations "${path}: ${line} (${reason})")
            endforeach()
        endforeach()
    endforeach()
    set(violations "${violations}" PARENT_SCOPE)
endfunction()

set(include "^[ \t]*#[ \t]*include[ \t]*[<\"]")
forbid("${include}Q[A-Z]" "core without Qt, but for core/services" IN core EXCEPT core/services)
forbid("${include}(QtWidgets|QtGui|QWidget|QApplication|QGuiApplication|QPainter|QDialog)"
       "core/services without widgets" IN core/services)
forbid("${include}(torch/|ATen/|c10/)" "torch stays in core/engine/torch and core/training"
       IN app core ui EXCEPT core/engine/torch core/training)
forbid("${include}(engine/torch|training)/" "only executables use the engine's implementation"
       IN core ui EXCEPT core/engine/torch core/training)
forbid("${include}(ui|app)/" "core uses neither ui nor app" IN core)
forbid("${include}app/" "nothing uses app" IN ui)
forbid("${include}opencv2/" "OpenCV stays in core/caption" IN app core ui EXCEPT core/caption)

if(violations)
    list(JOIN violations "\n  " text)
    message(FATAL_ERROR "Includes that cross a layer:\n  ${text}")
endif()
