using System.Text;
using FsCheck;
using FsCheck.Fluent;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Tests.Segments;

/// <summary>Whatever is written as a definition, compiling it ends, in a program or in errors that point into it.</summary>
public sealed class DefinitionFuzzTests
{
    private static readonly string[] Pieces =
    [
        "and", "or", "not", "in", "between", "(", ")", ",", ".", ":", "=", "!=", "<", "<=", ">", ">=", "count", "sum", "avg",
        "min", "max", "distinct", "first", "last", "did", "since_last", "since_first", "in_segment", "exists", "sequence",
        "active_in", "any", "where",
        "pane", "properties", "true", "false", "contains", "starts_with", "matches", "order_completed", "product_viewed",
        "category", "total", "price", "quantity", "currency", "event_type", "colour", "s", "t", "3", "2.5", "-1", "30d", "1h",
        "0s", "'shoes'", "'EUR'", "'", "''", "\"", "\n", "é", "\0", "99999999999999999999999999999999999", "1e5",
        "count(order_completed, 7d) >= 3", "did(page_viewed where category = 'a', 3d)", "(((((((((((((((", "not not not not",
    ];

    [Fact]
    public void Any_soup_of_words_is_compiled_or_refused() =>
        Prop.ForAll(Arb.From(Gen.Elements(Pieces).ArrayOf()), words => Compiles(string.Join(' ', words)))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

    [Fact]
    public void Any_damage_to_a_valid_definition_is_compiled_or_refused()
    {
        const string Valid = "sum(order_completed.total where category in ('a', 'b') and price >= 2.5, 365d, pane: 1d) >= 1000 "
            + "and not (did(page_viewed, 60d) or since_last(any where properties.colour != 'red') between 1h and 30d)";
        Assert.True(Compiles(Valid));
        var damage =
            from at in Gen.Choose(0, Valid.Length - 1)
            from length in Gen.Choose(0, 5)
            from put in Gen.Elements([.. Pieces, ""])
            select (at, length, put);
        Prop.ForAll(Arb.From(damage.ListOf(3)), cuts =>
        {
            var text = new StringBuilder(Valid);
            foreach (var (at, length, put) in cuts)
            {
                var from = Math.Min(at, text.Length);
                text.Remove(from, Math.Min(length, text.Length - from)).Insert(from, put);
            }

            return Compiles(text.ToString());
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));
    }

    private static bool Compiles(string when)
    {
        var errors = new List<DefinitionError>();
        var program = TestDefinitions.Of(TestDefinitions.Euro, ("s", when), ("t", "true")).CompileSegments([], errors);
        return (program is null) == (errors.Count > 0)
            && errors.TrueForAll(error => error.Line >= 10 && error.Column >= 1 && error.Message.Length > 0);
    }
}
