#pragma once

#include <QMetaType>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QVector>

#include "verse/analysis.h"

namespace linnet::services {

// A text of the forms' files in both languages of the program.
struct BilingualText {
    QString en;
    QString zh;

    const QString& in(bool chinese) const { return chinese ? zh : en; }
};

enum class VerseLanguage { English, Chinese };

// One way to fill a form: 平起首句入韵.
struct VerseVariant {
    QString name; // empty: the only one
    BilingualText title;
    QVector<int> breaks; // a stanza ends before these lines
    int blockLines = 0;  // over 0: one ends after every so many lines, too
};

// A form as a writer picks it; see verse::Form.
struct VerseForm {
    QString name; // "qilu"
    VerseLanguage language = VerseLanguage::English;
    BilingualText title;
    BilingualText shortTitle;
    BilingualText description;
    QVector<VerseVariant> variants; // at least one, the default first
    int lines = 0;                  // 0: open-ended
    int shortest = 0;               // characters or syllables of a line
    int longest = 0;
    bool rhymed = false;
    bool patterned = false; // prescribes tones or stresses
};

// What is known of the sound of a character or a syllable.
enum class VerseMark { Unknown, Level, Oblique, EitherTone, Weak, Strong };

// A character of Chinese verse, a word of English verse.
struct VerseUnit {
    int start = 0; // UTF-16, in its row
    int length = 0;
    QVector<VerseMark> marks; // one for each syllable
    QStringList readings;     // every way to read it: "平 一东", "L IH1 T AH0 L"
    bool derived = false;     // English: found from a listed word, or by spelling
};

// A line of verse; several of them may share a row of the text, as Chinese verse often does.
struct VerseLine {
    int row = 0;   // of the query's text
    int start = 0; // UTF-16, in its row, without the punctuation around it
    int length = 0;
    QVector<VerseUnit> units;
    int count = 0;     // syllables or characters
    QString rhyme;     // "A"; empty: it need not rhyme
    QString rhymeWith; // "一东", or the sounds from the last stress on

    QString marks() const; // "平平仄仄" or "x/x/"
};

struct VerseFault {
    verse::FaultKind kind = verse::FaultKind::Length;
    bool remark = false; // against custom only; the form is kept
    int line = -1;       // of the report's lines; -1: the whole poem
    int start = 0;       // UTF-16 range in the line's row; empty: the line
    int length = 0;
    QString subject; // the character or word that is meant
    int found = 0;   // of LineCount and Length
    int wanted = 0;
    int wantedMost = 0; // more than `wanted`: a range
    QString message;    // an English diagnostic
};

struct VerseQuery {
    QString form;    // empty: the one that fits best
    QString variant; // empty: the one that fits best
    QString text;    // '\n' between rows
};

struct VerseReport {
    QString form;
    QString variant;
    VerseLanguage language = VerseLanguage::English;
    QVector<VerseLine> lines;
    QVector<VerseFault> faults; // and remarks

    bool isCorrect() const;                   // nothing but remarks
    int rowOf(const VerseFault& fault) const; // -1: the whole poem
};

// A word to rhyme with, and where the rhyme is to stand.
struct RhymeQuery {
    QString word;       // English, or a Chinese character
    QString before;     // the text up to the rhyme's place
    QString after;      // of its line
    bool verse = false; // English text there is verse
    QString form;       // of that verse; empty: not known
};

// As verse::RhymeKind; of Chinese, Perfect is the same group and Family a neighbouring one, and
// Tone is no rhyme: the characters that are level, or oblique, like the one asked about.
enum class RhymeKind { Perfect, Family, Slant, Mosaic, Tone };

struct RhymeSet {
    RhymeKind kind = RhymeKind::Perfect;
    QString group;     // "一东"; of Tone "平" or "仄"; empty in English
    QStringList words; // the most welcome first
};

struct RhymeReport {
    VerseLanguage language = VerseLanguage::English;
    QVector<RhymeSet> sets; // none of them empty; closest first
    bool fitted = false;    // the words are in the order in which a model expects them there
};

// What is known about verse: the forms, and the analysis of lines. Lives on the GUI thread; every
// function returns at once.
class VerseSource : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;

    virtual const QVector<VerseForm>& forms() const = 0;
    const VerseForm* findForm(const QString& name) const;
    // The rhyme groups of level tone: "一东", ...
    virtual QStringList rhymeGroups() const = 0;

    // Each request is answered; the returned id, never 0, comes back with the answer.
    virtual quint64 analyse(const VerseQuery& query) = 0;
    // Rhymes, which come with the most frequent words first, and again in the order in which they
    // fit their place once a model has worked that out, unless another query comes before.
    virtual quint64 findRhymes(const RhymeQuery& query) = 0;
    // Chinese lines in the other script; answered by converted(), as they are if that cannot be.
    virtual quint64 convert(const QStringList& lines, bool traditional) = 0;

Q_SIGNALS:
    void analysed(quint64 id, const linnet::services::VerseReport& report);
    void rhymesFound(quint64 id, const linnet::services::RhymeReport& report);
    void converted(quint64 id, const QStringList& lines);
    // The dictionaries or the forms cannot be read; an English diagnostic. Nothing is answered.
    void failed(const QString& message);
};

} // namespace linnet::services

Q_DECLARE_METATYPE(linnet::services::VerseReport)
Q_DECLARE_METATYPE(linnet::services::RhymeReport)
