# What every translation unit of the house is compiled with.
add_library(varde_house INTERFACE)
target_compile_options(varde_house INTERFACE
	-Wall -Wextra -Wshadow -Wvla -Wmissing-prototypes -Wstrict-prototypes -Wold-style-definition
	-Wformat=2 -Wpointer-arith -Wwrite-strings -Wundef -Wcast-qual -Wswitch-enum
	-fstack-protector-strong -fno-common
	-include ${CMAKE_SOURCE_DIR}/lib/base/banned.h)
target_compile_definitions(varde_house INTERFACE _GNU_SOURCE
	VARDE_VERSION="${PROJECT_VERSION}"
	VARDE_SCHEMA_DIR="${CMAKE_SOURCE_DIR}/schemas")
target_link_options(varde_house INTERFACE -Wl,-z,relro,-z,now)
if(VARDE_WERROR)
	target_compile_options(varde_house INTERFACE -Werror)
endif()
if(VARDE_SANITIZE)
	target_compile_options(varde_house INTERFACE -fsanitize=${VARDE_SANITIZE} -fno-sanitize-recover=all)
	target_link_options(varde_house INTERFACE -fsanitize=${VARDE_SANITIZE})
else()
	target_compile_definitions(varde_house INTERFACE $<$<NOT:$<CONFIG:Debug>>:_FORTIFY_SOURCE=2>)
endif()
