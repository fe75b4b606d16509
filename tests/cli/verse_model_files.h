#pragma once

// Small models of verse with random weights, written where a test wants them.

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <set>
#include <string>
#include <vector>

#include "verse/poem_record.h"
#include "verse/utf8.h"
#include "verse/verse_data.h"

namespace linnet::tests {

// Control tokens, then every fifth character of the rhyme table.
inline std::vector<std::string> chineseTokens(const verse::VerseData& data) {
    std::vector<std::string> tokens = verse::chineseControlTokens();
    std::set<char32_t> characters;
    for (std::size_t group = 0; group < data.chinese.groups().size(); ++group) {
        for (const char32_t c : data.chinese.characters(static_cast<verse::RhymeGroupId>(group))) {
            if (c % 5 == 0 && c < 0xA000) {
                characters.insert(c);
            }
        }
    }
    for (const char32_t c : characters) {
        tokens.push_back(verse::toUtf8({&c, 1}));
    }
    return tokens;
}

// Control tokens, marks, then every fiftieth word of the dictionary and some little ones.
inline std::vector<std::string> englishTokens(const verse::VerseData& data) {
    std::vector<std::string> tokens = verse::englishControlTokens();
    for (const char* token : {",", ".", "!", ";", "the", "of", "and", "night", "light", "sea"}) {
        tokens.emplace_back(token);
    }
    int count = 0;
    std::set<std::string> known(tokens.begin(), tokens.end());
    data.english.forEach([&](std::string_view word, std::span<const verse::Pronunciation>) {
        if (++count % 50 == 0 && known.insert(std::string(word)).second) {
            tokens.emplace_back(word);
        }
    });
    return tokens;
}

namespace detail {

inline bool writeBytes(const QString& path, const QByteArray& bytes) {
    QFile file(path);
    return file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size();
}

inline QByteArray json(const QJsonObject& object) {
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

inline QByteArray tokenizerFile(const std::vector<std::string>& tokens) {
    QJsonArray added;
    QJsonObject vocabulary;
    for (std::size_t id = 0; id < tokens.size(); ++id) {
        const QString token = QString::fromStdString(tokens[id]);
        vocabulary[token] = static_cast<int>(id);
        if (token.startsWith(QStringLiteral("<|"))) {
            added.append(QJsonObject{{QStringLiteral("id"), static_cast<int>(id)},
                                     {QStringLiteral("content"), token},
                                     {QStringLiteral("single_word"), false},
                                     {QStringLiteral("lstrip"), false},
                                     {QStringLiteral("rstrip"), false},
                                     {QStringLiteral("normalized"), false},
                                     {QStringLiteral("special"), true}});
        }
    }
    const QJsonObject split{{QStringLiteral("type"), QStringLiteral("Split")},
                            {QStringLiteral("pattern"),
                             QJsonObject{{QStringLiteral("Regex"), QStringLiteral("[^ ]+")}}},
                            {QStringLiteral("behavior"), QStringLiteral("Isolated")},
                            {QStringLiteral("invert"), false}};
    return json({{QStringLiteral("version"), QStringLiteral("1.0")},
                 {QStringLiteral("added_tokens"), added},
                 {QStringLiteral("normalizer"), QJsonValue()},
                 {QStringLiteral("pre_tokenizer"), split},
                 {QStringLiteral("post_processor"), QJsonValue()},
                 {QStringLiteral("decoder"), QJsonValue()},
                 {QStringLiteral("model"),
                  QJsonObject{{QStringLiteral("type"), QStringLiteral("WordLevel")},
                              {QStringLiteral("vocab"), vocabulary},
                              {QStringLiteral("unk_token"), QStringLiteral("<|unk|>")}}}});
}

// A llama of two layers, 32 wide.
inline QByteArray weightsFile(int vocabulary) {
    const std::vector<std::pair<QString, QJsonArray>> shapes = [&] {
        std::vector<std::pair<QString, QJsonArray>> all = {
            {QStringLiteral("model.embed_tokens.weight"), {vocabulary, 32}},
            {QStringLiteral("model.norm.weight"), {32}}};
        for (int layer = 0; layer < 2; ++layer) {
            const QString at = QStringLiteral("model.layers.%1.").arg(layer);
            for (const char* name : {"q", "k", "v", "o"}) {
                all.emplace_back(
                    at + QStringLiteral("self_attn.%1_proj.weight").arg(QString::fromLatin1(name)),
                    QJsonArray{32, 32});
            }
            all.emplace_back(at + QStringLiteral("mlp.gate_proj.weight"), QJsonArray{64, 32});
            all.emplace_back(at + QStringLiteral("mlp.up_proj.weight"), QJsonArray{64, 32});
            all.emplace_back(at + QStringLiteral("mlp.down_proj.weight"), QJsonArray{32, 64});
            all.emplace_back(at + QStringLiteral("input_layernorm.weight"), QJsonArray{32});
            all.emplace_back(at + QStringLiteral("post_attention_layernorm.weight"),
                             QJsonArray{32});
        }
        return all;
    }();
    QJsonObject header;
    QByteArray data;
    std::uint64_t state = 1;
    for (const auto& [name, shape] : shapes) {
        const qsizetype start = data.size();
        const bool norm = name.contains(QStringLiteral("norm"));
        const int count = shape[0].toInt() * (shape.size() > 1 ? shape[1].toInt() : 1);
        for (int i = 0; i < count; ++i) {
            state = state * 6364136223846793005ULL + 1442695040888963407ULL;
            const float unit = static_cast<float>(state >> 40U) / 16777216.0F - 0.5F;
            const float value = norm ? 1.0F : 0.8F * unit;
            data.append(reinterpret_cast<const char*>(&value), sizeof value);
        }
        header[name] =
            QJsonObject{{QStringLiteral("dtype"), QStringLiteral("F32")},
                        {QStringLiteral("shape"), shape},
                        {QStringLiteral("data_offsets"),
                         QJsonArray{static_cast<int>(start), static_cast<int>(data.size())}}};
    }
    QByteArray text = json(header);
    text.append(QByteArray((8 - text.size() % 8) % 8, ' '));
    const auto length = static_cast<std::uint64_t>(text.size());
    return QByteArray(reinterpret_cast<const char*>(&length), 8) + text + data;
}

} // namespace detail

// Writes config.json, tokenizer.json and model.safetensors.
inline bool writeVerseModel(const QString& folder, const std::vector<std::string>& tokens) {
    const int vocabulary = static_cast<int>(tokens.size());
    const QByteArray config = detail::json(
        {{QStringLiteral("architectures"), QJsonArray{QStringLiteral("LlamaForCausalLM")}},
         {QStringLiteral("model_type"), QStringLiteral("llama")},
         {QStringLiteral("hidden_act"), QStringLiteral("silu")},
         {QStringLiteral("vocab_size"), vocabulary},
         {QStringLiteral("hidden_size"), 32},
         {QStringLiteral("intermediate_size"), 64},
         {QStringLiteral("num_hidden_layers"), 2},
         {QStringLiteral("num_attention_heads"), 4},
         {QStringLiteral("num_key_value_heads"), 4},
         {QStringLiteral("max_position_embeddings"), 256},
         {QStringLiteral("rms_norm_eps"), 1e-5},
         {QStringLiteral("rope_theta"), 10000.0},
         {QStringLiteral("tie_word_embeddings"), true},
         {QStringLiteral("eos_token_id"), 0}});
    const QDir place(folder);
    return QDir().mkpath(folder) &&
           detail::writeBytes(place.filePath(QStringLiteral("config.json")), config) &&
           detail::writeBytes(place.filePath(QStringLiteral("tokenizer.json")),
                              detail::tokenizerFile(tokens)) &&
           detail::writeBytes(place.filePath(QStringLiteral("model.safetensors")),
                              detail::weightsFile(vocabulary));
}

} // namespace linnet::tests
