#pragma once
/// Whole files, in and out.

#include <span>
#include <string>
#include <string_view>

namespace thalweg {

/// Makes `bytes` the content of the file `path`. Whenever the program or the system stops, the old
/// or the new content is there, whole: the bytes go to a file beside it, "path.….part", and are
/// flushed to the disk before that takes its name. The permissions of a file that is replaced stay,
/// a symbolic link to it too.
///
/// Throws DataError "run.bin: cannot be written: No space left on device"; the file beside is then
/// removed. It stays if the program is killed while writing.
void write_file(const std::string& path, std::string_view bytes);

/// The same with pieces one after the other, none of which is copied.
void write_file(const std::string& path, std::span<const std::string_view> pieces);

/// All bytes of a file or a pipe.
/// Throws DataError "run.bin: cannot be read: No such file or directory".
std::string read_file(const std::string& path);

/// All bytes of a file, read only, mapped into memory: pages come from the disk when they are
/// touched, and go when memory is short. What cannot be mapped (a pipe, an empty file, a file
/// system without) is read instead. A file that is replaced, as `write_file` does, or removed stays
/// whole here. One that another program changes in place changes here too; if it is cut short, its
/// pages are gone, and touching them ends the program with SIGBUS: use `read_file` for such files.
///
/// Throws as `read_file` does.
class MappedFile {
 public:
  explicit MappedFile(const std::string& path);
  ~MappedFile();
  MappedFile(const MappedFile&) = delete;
  MappedFile& operator=(const MappedFile&) = delete;

  std::string_view bytes() const { return bytes_; }
  bool mapped() const { return mapped_; }

 private:
  std::string read_;  // where it was not mapped
  std::string_view bytes_;
  bool mapped_ = false;
};

}  // namespace thalweg
