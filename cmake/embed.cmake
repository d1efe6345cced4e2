# varde_embed(OUT NAME GLOB...): text files of the source tree as one C file that
# defines `const struct embedded_file embedded_NAME[]`, ended by a NULL path
# (lib/base/embedded.h). Paths are relative to the source tree and sorted.
function(varde_embed out name)
	file(GLOB files CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR} ${ARGN})
	list(SORT files)
	set(target ${CMAKE_BINARY_DIR}/embedded_${name}.c)
	list(TRANSFORM files PREPEND ${CMAKE_SOURCE_DIR}/ OUTPUT_VARIABLE full)
	string(REPLACE ";" "," joined "${files}")
	add_custom_command(OUTPUT ${target}
		COMMAND ${CMAKE_COMMAND} -DNAME=${name} -DFILES=${joined} -DROOT=${CMAKE_SOURCE_DIR}
		        -DTARGET=${target} -P ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
		DEPENDS ${full} ${CMAKE_SOURCE_DIR}/cmake/embed_files.cmake
		VERBATIM)
	set(${out} ${target} PARENT_SCOPE)
endfunction()
