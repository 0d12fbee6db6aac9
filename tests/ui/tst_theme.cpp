// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/gateway_state.h"
#include "ui/theme/icons.h"
#include "ui/theme/style_sheet.h"
#include "ui/theme/theme.h"

#include <QApplication>
#include <QPushButton>
#include <QTest>

using namespace lunargate::ui;

namespace {

/// What is covered at all, in no colour.
QImage silhouette(const QIcon &icon)
{
    return icon.pixmap(32, 32).toImage().convertToFormat(QImage::Format_Alpha8);
}

int differingPixels(const QImage &one, const QImage &other)
{
    int count = 0;
    for (int y = 0; y < one.height(); ++y) {
        for (int x = 0; x < one.width(); ++x)
            count += std::abs(qAlpha(one.pixel(x, y)) - qAlpha(other.pixel(x, y))) > 127 ? 1 : 0;
    }
    return count;
}

constexpr Condition kConditions[] = {Condition::Running, Condition::Degraded, Condition::Error, Condition::Paused};

} // namespace

class ThemeTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init() { QTest::failOnWarning(); }

    void textsAreReadable_data()
    {
        QTest::addColumn<bool>("isDark");
        QTest::newRow("light") << false;
        QTest::newRow("dark") << true;
    }

    void textsAreReadable()
    {
        QFETCH(const bool, isDark);
        const Colours &colours = isDark ? darkColours() : lightColours();
        for (const Tone tone : {Tone::Normal, Tone::Muted, Tone::Accent, Tone::Ok, Tone::Warning, Tone::Error}) {
            for (const QColor &ground :
                 {colours.window, colours.sidebar, colours.surface, colours.hover, colours.selection}) {
                const double ratio = contrast(colours.of(tone), ground);
                QVERIFY2(
                    ratio >= 4.5,
                    qPrintable(QStringLiteral("%1 on %2: %3").arg(colours.of(tone).name(), ground.name()).arg(ratio)));
            }
        }
        QVERIFY(contrast(colours.onAccent, colours.accent) >= 4.5);
    }

    void schemesAreKnownByTheirPalette()
    {
        QCOMPARE(coloursOf(lightColours().palette()).window, lightColours().window);
        QCOMPARE(coloursOf(darkColours().palette()).window, darkColours().window);
    }

    void themeChangesWhileWindowsAreOpen()
    {
        Theme theme(Theme::Choice::Light);
        QPushButton button;
        QCOMPARE(coloursOf(button.palette()).window, lightColours().window);
        const QImage light = icon(Glyph::List).pixmap(24, 24).toImage();
        theme.setChoice(Theme::Choice::Dark);
        QVERIFY(theme.isDark());
        QCOMPARE(coloursOf(button.palette()).window, darkColours().window);
        QVERIFY(qApp->styleSheet().contains(darkColours().surface.name()));
        QVERIFY(icon(Glyph::List).pixmap(24, 24).toImage() != light);
    }

    void styleSheetHasNoNameLeft() { QVERIFY(!styleSheet(lightColours()).contains(u'@')); }

    void statesDifferInShape()
    {
        for (const Condition one : kConditions) {
            for (const Condition other : kConditions) {
                if (one == other)
                    continue;
                QVERIFY(differingPixels(silhouette(stateIcon(one)), silhouette(stateIcon(other))) > 10);
                QVERIFY(differingPixels(silhouette(icon(conditionGlyph(one))),
                                        silhouette(icon(conditionGlyph(other)))) > 10);
            }
        }
    }
};

QTEST_MAIN(ThemeTest)
#include "tst_theme.moc"
