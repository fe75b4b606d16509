#include <QInputMethodEvent>
#include <QRandomGenerator>
#include <QTest>

#include "ui/editor/editor.h"
#include "ui/editor/suggestion_controller.h"
#include "ui/fake_suggestion_source.h"

using namespace linnet;
using namespace linnet::ui;

namespace {

// What the document was when a request went out, seen from outside the controller.
struct Snapshot {
    QString before;
    QString after;
    QString ghost; // what is answered, if it is
};

class RecordingSource : public tests::FakeSuggestionSource {
    Q_OBJECT
public:
    quint64 request(const services::SuggestionQuery& query) override {
        const quint64 id = FakeSuggestionSource::request(query);
        const QString text = editor->text();
        const int caret = editor->textCursor().position();
        // Letters that the test also types, so that ghost text is consumed now and then, and a mark
        // that no other request has.
        const QString ghost = QStringLiteral("ab %1 ba").arg(id);
        snapshots.insert(id, {text.left(caret), text.mid(caret), ghost});
        return id;
    }
    Editor* editor = nullptr;
    QHash<quint64, Snapshot> snapshots;
};

} // namespace

// 10,000 random edits, moves, cancels and replies in any order: what is shown always belongs to
// the latest request, the document and the caret as they are.
class TestSuggestionFuzz : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void neverStale_data();
    void neverStale();

private:
    void act();
    void type();
    void reply();
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier);
    void compose();
    QString fault() const;

    QRandomGenerator m_random;
    RecordingSource m_source;
    Editor m_editor;
    SuggestionController m_controller{m_editor, m_source};
    int m_shown = 0;
    int m_consumed = 0;
};

void TestSuggestionFuzz::initTestCase() {
    m_source.editor = &m_editor;
    m_editor.resize(800, 400);
    m_editor.show();
    m_editor.activateWindow();
    m_editor.setFocus();
    QTRY_VERIFY(m_editor.hasFocus());
}

void TestSuggestionFuzz::press(Qt::Key key, Qt::KeyboardModifiers modifiers) {
    QTest::keyClick(&m_editor, key, modifiers);
}

void TestSuggestionFuzz::type() {
    static const QString letters = QStringLiteral("ab ab a.\u201D");
    const QString visible = m_editor.visibleGhost();
    if (!visible.isEmpty() && m_random.bounded(2) == 0) {
        QTest::keyClick(&m_editor, visible.front().toLatin1());
        m_consumed += m_editor.visibleGhost().isEmpty() ? 0 : 1;
    } else {
        QTest::sendKeyEvent(QTest::Click, &m_editor, Qt::Key_unknown,
                            QString(letters.at(m_random.bounded(static_cast<int>(letters.size())))),
                            Qt::NoModifier);
    }
}

void TestSuggestionFuzz::reply() {
    if (m_source.lastId == 0) {
        return;
    }
    // Mostly the latest, often an older one, sometimes an id that never was.
    quint64 id = m_source.lastId;
    if (m_random.bounded(3) == 0) {
        id -= std::min<quint64>(id - 1, static_cast<quint64>(m_random.bounded(5)));
    } else if (m_random.bounded(50) == 0) {
        id += 3;
    }
    const QString ghost = m_source.snapshots.value(id).ghost;
    m_source.answer(id, ghost.left(m_random.bounded(2) == 0 ? 4 : static_cast<int>(ghost.size())),
                    {QStringLiteral("abba"), QStringLiteral("ba")});
    if (m_random.bounded(4) == 0) {
        Q_EMIT m_source.finished(id);
    }
}

void TestSuggestionFuzz::compose() {
    QInputMethodEvent preedit(QStringLiteral("ni"), {});
    QCoreApplication::sendEvent(&m_editor, &preedit);
    reply();
    QInputMethodEvent end(QString(), {});
    if (m_random.bounded(2) == 0) {
        end.setCommitString(QStringLiteral("\u4F60"));
    }
    QCoreApplication::sendEvent(&m_editor, &end);
}

void TestSuggestionFuzz::act() {
    QTextCursor cursor = m_editor.textCursor();
    const int last = m_editor.document()->characterCount() - 1;
    switch (m_random.bounded(34)) {
    case 0:
        press(Qt::Key_Backspace);
        break;
    case 1:
        press(Qt::Key_Left);
        break;
    case 2:
        press(Qt::Key_Right);
        break;
    case 3:
        press(Qt::Key_Right, Qt::ControlModifier);
        break;
    case 4:
        press(Qt::Key_Tab);
        break;
    case 5:
        press(Qt::Key_Escape);
        break;
    case 6:
        press(Qt::Key_1, Qt::AltModifier);
        break;
    case 7:
        m_editor.undo();
        break;
    case 8:
        m_editor.redo();
        break;
    case 9:
        press(Qt::Key_Left, Qt::ShiftModifier);
        break;
    case 10:
        cursor.setPosition(m_random.bounded(last + 1));
        m_editor.setTextCursor(cursor);
        break;
    case 11: { // somebody else edits
        QTextCursor other(m_editor.document());
        other.setPosition(m_random.bounded(last + 1));
        other.insertText(QStringLiteral("b"));
        break;
    }
    case 12:
        press(Qt::Key_End, Qt::ControlModifier);
        break;
    case 13:
        compose();
        break;
    case 14:
        press(Qt::Key_BracketRight, Qt::AltModifier);
        break;
    case 15:
        if (m_random.bounded(4) == 0) {
            m_editor.clearFocus();
            reply();
            m_editor.setFocus();
        }
        break;
    case 16:
        if (m_random.bounded(3) == 0) {
            press(Qt::Key_Return);
        }
        break;
    case 17:
    case 18:
    case 19:
    case 20:
        reply();
        break;
    case 21:
    case 22:
        press(Qt::Key_End, Qt::ControlModifier);
        break;
    default:
        type();
        if (m_random.bounded(2) == 0) {
            reply();
        }
        break;
    }
    if (last > 600) {
        m_editor.setText({});
    }
}

// What is wrong with what is shown; empty: nothing.
QString TestSuggestionFuzz::fault() const {
    const QString visible = m_editor.visibleGhost();
    if (visible.isEmpty() && m_controller.words().isEmpty()) {
        return {};
    }
    const auto& ticket = m_controller.ticket();
    const QTextCursor cursor = m_editor.textCursor();
    if (ticket.request != m_source.lastId) {
        return QStringLiteral("shown for request %1, the latest is %2")
            .arg(ticket.request)
            .arg(m_source.lastId);
    }
    if (ticket.caret != cursor.position() || ticket.revision != m_controller.revision() ||
        cursor.hasSelection() || !m_editor.hasFocus()) {
        return QStringLiteral("the ticket does not match");
    }
    const Snapshot snapshot = m_source.snapshots.value(ticket.request);
    const QString text = m_editor.text();
    const QString before = text.left(cursor.position());
    if (!before.startsWith(snapshot.before) || text.mid(cursor.position()) != snapshot.after) {
        return QStringLiteral("the document is another than at the request");
    }
    const QString typedSince = before.mid(snapshot.before.size());
    if (visible.isEmpty()) {
        return {};
    }
    const bool own =
        (typedSince + visible) == snapshot.ghost.left(typedSince.size() + visible.size());
    const bool word = QStringLiteral(" abba ba").contains(visible); // an alternative
    return own || word ? QString() : QStringLiteral("ghost text of another place: ") + visible;
}

void TestSuggestionFuzz::neverStale_data() {
    QTest::addColumn<quint32>("seed");
    for (quint32 seed = 1; seed <= 4; ++seed) {
        QTest::addRow("seed %u", seed) << seed;
    }
}

void TestSuggestionFuzz::neverStale() {
    QFETCH(quint32, seed);
    m_random.seed(seed);
    m_editor.setText({});
    m_controller.reset();
    m_shown = 0;
    m_consumed = 0;
    for (int i = 0; i < 2500; ++i) {
        act();
        const QString wrong = fault();
        QVERIFY2(wrong.isEmpty(), qPrintable(QStringLiteral("step %1: %2").arg(i).arg(wrong)));
        m_shown += m_editor.visibleGhost().isEmpty() ? 0 : 1;
    }
    QVERIFY2(m_shown > 100, qPrintable(QString::number(m_shown))); // or nothing was tested
    QVERIFY2(m_consumed > 20, qPrintable(QString::number(m_consumed)));
}

QTEST_MAIN(TestSuggestionFuzz)
#include "test_suggestion_fuzz.moc"
