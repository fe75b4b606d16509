#include "training/tokenizer_training.h"

#include <deque>
#include <fstream>
#include <iostream>

#include "engine/api/utf8.h"
#include "engine/torch/files/tokenizer/splitter.h"
#include "training/bpe_trainer.h"

namespace linnet::training {

using engine::Result;

const char* const kProsePattern =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)| ?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

Result<TokenizerReport> trainTokenizer(const TokenizerOptions& options) {
    const std::string pattern = options.pattern.empty() ? kProsePattern : options.pattern;
    const auto splitter =
        engine::Splitter::create({{engine::SplitStep::Kind::Pattern, pattern, false}});
    if (!splitter) {
        return splitter.error();
    }
    const auto total = totalBytes(options.inputs);
    if (!total) {
        return total.error();
    }
    BpeTrainer trainer;
    std::deque<std::string> storage;
    TokenizerReport report;
    for (const std::filesystem::path& path : options.inputs) {
        std::ifstream file;
        if (!isStandardInput(path)) {
            file.open(path, std::ios::binary);
        }
        DocumentReader reader(isStandardInput(path) ? std::cin : file, options.separator);
        std::string text;
        while (reader.next(text)) {
            if (engine::utf8ValidPrefix(text) != text.size()) {
                return notUtf8(path, reader.position() - 1);
            }
            storage.clear();
            splitter->split(text, storage, [&](std::string_view piece) { trainer.add(piece); });
            report.bytes += text.size();
            if (options.progress) {
                options.progress(report.bytes, *total);
            }
        }
    }
    const auto model = trainer.train(options.vocabularySize, {kEndOfDocument}, pattern);
    if (!model) {
        return model.error();
    }
    if (auto written = writeTokenizerFile(*model, options.output); !written) {
        return written.error();
    }
    report.vocabularySize = model->vocabularySize();
    report.distinctPieces = trainer.distinctPieces();
    return report;
}

} // namespace linnet::training
