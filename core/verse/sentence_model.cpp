#include "verse/sentence_model.h"

#include <algorithm>

#include "verse/byte_stream.h"
#include "verse/model_companion.h"

namespace linnet::verse {

using engine::Result;
using engine::TokenId;

namespace {

void remember(std::span<std::uint16_t> before, std::uint16_t one) {
    std::copy_backward(before.begin(), before.end() - 1, before.end());
    before.front() = one;
}

} // namespace

Result<std::shared_ptr<const SentenceModel>>
SentenceModel::load(const std::filesystem::path& file, const engine::Tokenizer& tokenizer) {
    const auto read = readCompanion(file, LexiconKind::Sentences, tokenizer);
    if (!read) {
        return read.error();
    }
    auto model = std::make_shared<SentenceModel>();
    if (!model->parse(read->payload)) {
        return damagedCompanion(file);
    }
    return std::shared_ptr<const SentenceModel>(std::move(model));
}

std::vector<std::uint8_t> SentenceModel::serialized(const engine::Tokenizer& tokenizer,
                                                    const SentenceCounts& counts) {
    ByteWriter out;
    out.u64(vocabularyHash(tokenizer));
    out.u32(static_cast<std::uint32_t>(counts.classes.size()));
    for (const std::uint16_t one : counts.classes) {
        out.varint(one);
    }
    out.u32(static_cast<std::uint32_t>(counts.roles.size()));
    out.raw(counts.roles);
    ClassNgrams::write(out, counts.words);
    ClassNgrams::write(out, counts.actors);
    return out.bytes();
}

bool SentenceModel::parse(std::span<const std::uint8_t> payload) {
    ByteReader in(payload);
    in.u64(); // the vocabulary, which was looked at
    const std::uint32_t tokens = in.u32();
    for (std::uint32_t i = 0; i < tokens && in.ok(); ++i) {
        m_classes.push_back(static_cast<std::uint16_t>(in.varint()));
    }
    const auto roles = in.raw(in.u32());
    m_roles.assign(roles.begin(), roles.end());
    const bool known = std::all_of(m_classes.begin(), m_classes.end(),
                                   [&](std::uint16_t one) { return one < m_roles.size(); });
    return known && m_words.parse(in) && m_actors.parse(in) && in.atEnd();
}

SentenceFit SentenceReader::read(TokenId token) {
    const std::uint16_t one = m_model->m_classes[static_cast<std::size_t>(token)];
    const std::uint8_t role = m_model->m_roles[one];
    SentenceFit fit;
    fit.likelihood = m_model->m_words.logProb(m_before, one);
    fit.surplus = fit.likelihood - m_model->m_words.logShare(one);
    remember(m_before, one);
    if ((role & (class_role::person | class_role::verb)) != 0) {
        fit.actors = m_model->m_actors.logProb(m_actors, one) - m_model->m_actors.logShare(one);
        remember(m_actors, one);
    }
    const bool stop = (role & class_role::stop) != 0;
    m_words = stop ? 0 : m_words + 1;
    m_hasVerb = !stop && (m_hasVerb || (role & class_role::verb) != 0);
    return fit;
}

} // namespace linnet::verse
