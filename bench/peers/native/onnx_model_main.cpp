// Writes a task as an ONNX file, for the peers that read one: onnx_model FILE key=value…

#include <cstdio>
#include <exception>
#include <fstream>

#include "peers/native/onnx_model.h"

int main(int argc, char** argv) {
  try {
    if (argc < 2) throw std::runtime_error("expected a file and the words of a prepare line");
    const std::string text = peers::onnx_model(peers::Task({argv + 2, argv + argc}));
    std::ofstream file(argv[1], std::ios::binary);
    file.write(text.data(), static_cast<std::streamsize>(text.size()));
    if (!file) throw std::runtime_error(std::string("cannot write ") + argv[1]);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "onnx_model: %s\n", error.what());
    return 1;
  }
}
