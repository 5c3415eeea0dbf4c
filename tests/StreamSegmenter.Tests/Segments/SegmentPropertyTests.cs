using FsCheck;
using FsCheck.Fluent;
using StreamSegmenter.Segments;

namespace StreamSegmenter.Tests.Segments;

/// <summary>For random definitions and random histories, late events included, the incremental program says what
/// recomputing everything at every millisecond says: the same changes, at the same instants.</summary>
public sealed class SegmentPropertyTests
{
    private const long EndMs = 400;

    private static readonly string[] Signs = ["=", "!=", "<", "<=", ">", ">="];
    private static readonly (long, long)[] Windows = [(60, 5), (60, 1), (60, 20), (30, 30), (100, 10), (48, 12)];

    [Fact]
    public void The_incremental_program_equals_recomputation_from_scratch() =>
        Prop.ForAll(Scenarios(), Agrees).Check(Config.QuickThrowOnFailure.WithMaxTest(1_000).WithReplay(20_260_101UL, 7UL));

    private static bool Agrees(Scenario scenario)
    {
        var segments = scenario.Rules.Select((rule, i) => ($"s{i}", rule.Text)).ToArray();
        if (scenario.Reversed)
        {
            Array.Reverse(segments);
        }

        var customer = new TestCustomer(TestDefinitions.Compile(segments));
        foreach (var fact in scenario.Facts)
        {
            customer.Send(fact.Type, fact.TimeMs, new Event
            {
                Quantity = fact.Quantity, Category = fact.Category, TotalMinor = fact.TotalMinor,
            });
        }

        customer.AdvanceTo(EndMs);
        Assert.Equal(
            Ordered(Oracle.Story(scenario, EndMs)),
            Ordered(customer.Changes.Select(change =>
                $"{change.AtMs} {change.Segment} {(change.Kind == MembershipKind.Entered ? "entered" : "exited")}")));
        Assert.All(customer.Changes, change => Assert.Equal(
            change.Kind == MembershipKind.Entered ? change.AtMs : EnteredBefore(customer.Changes, change), change.SinceMs));
        return true;
    }

    // Changes of different segments at one instant may come in either order; those of one segment may not.
    private static IEnumerable<string> Ordered(IEnumerable<string> story) => story
        .GroupBy(change => change.Split(' ')[1]).OrderBy(changes => changes.Key, StringComparer.Ordinal)
        .SelectMany(changes => changes);

    private static long EnteredBefore(List<MembershipChange> changes, MembershipChange exit) => changes
        .Take(changes.IndexOf(exit)).Last(change => change.Segment == exit.Segment && change.Kind == MembershipKind.Entered).AtMs;

    private static Arbitrary<Scenario> Scenarios()
    {
        var facts = Facts().ListOf().Where(list => list.Count <= 40).Select(list => (IReadOnlyList<Fact>)[.. list]);
        var scenarios =
            from segmentCount in Gen.Choose(1, 4)
            from rules in Gen.CollectToArray(Enumerable.Range(0, segmentCount), i => Rules(i, depth: 2))
            from history in facts
            from reversed in Gen.Elements(true, false)
            select new Scenario(rules, Arrive(history), reversed);
        return Arb.From(scenarios, Smaller);
    }

    // Times are drawn as steps: mostly forward, sometimes back (late).
    private static List<Fact> Arrive(IReadOnlyList<Fact> steps)
    {
        var arrived = new List<Fact>();
        long clockMs = 50;
        foreach (var step in steps)
        {
            arrived.Add(step with { TimeMs = Math.Max(1, clockMs + step.TimeMs) });
            clockMs = Math.Max(clockMs, arrived[^1].TimeMs);
        }

        return arrived;
    }

    private static IEnumerable<Scenario> Smaller(Scenario scenario)
    {
        for (var i = 0; i < scenario.Facts.Count; i++)
        {
            yield return scenario with { Facts = [.. scenario.Facts.Where((_, place) => place != i)] };
        }

        if (scenario.Rules.Count > 1)
        {
            yield return scenario with { Rules = [.. scenario.Rules.SkipLast(1)] };
        }
    }

    private static Gen<Fact> Facts() =>
        from type in Gen.Elements("product_viewed", "order_completed", "page_viewed")
        from step in Gen.Frequency((6, Gen.Choose(0, 12)), (1, Gen.Choose(30, 90)), (2, Gen.Choose(-70, 0)))
        from quantity in Gen.Choose(-2, 4)
        from category in Gen.Elements("shoes", "hats")
        from total in Gen.Frequency((3, Gen.Choose(1, 500).Select(cents => (long?)(cents * 10))), (1, Gen.Constant((long?)null)))
        select new Fact(type, step, quantity, category, type == "order_completed" ? total : null);

    private static Gen<Rule> Rules(int segment, int depth)
    {
        if (depth == 0)
        {
            return Leaves(segment);
        }

        var inner = Rules(segment, depth - 1);
        return Gen.Frequency(
            (3, Leaves(segment)),
            (2, inner.ListOf(2).Select(rules => (Rule)new AllOf([.. rules]))),
            (2, inner.ListOf(2).Select(rules => (Rule)new AnyOf([.. rules]))),
            (1, inner.Select(rule => (Rule)new NotRule(rule))));
    }

    private static Gen<Rule> Leaves(int segment)
    {
        var leaves = new List<(int, Gen<Rule>)>
        {
            (2, Did()), (2, Since()), (4, Values().Select(rule => (Rule)rule)), (2, TwoValues()),
            (2, Distinct()), (2, Kept()),
        };
        if (segment > 0)
        {
            leaves.Add((2, Gen.Choose(0, segment - 1).Select(other => (Rule)new InOther(other))));
        }

        return Gen.Frequency([.. leaves]);
    }

    private static Gen<Selection> Selections() =>
        from type in Gen.Elements("product_viewed", "order_completed", "any")
        from category in Gen.Elements(null, "shoes")
        select new Selection(type, category);

    private static Gen<long?> MaybeWindow() =>
        Gen.Frequency((1, Gen.Constant((long?)null)), (2, Gen.Choose(1, 80).Select(ms => (long?)ms)));

    private static Gen<Rule> Did() =>
        from selection in Selections()
        from window in MaybeWindow()
        select (Rule)new DidRule(selection, window);

    private static Gen<Rule> Since() =>
        from selection in Selections()
        from first in Gen.Elements(true, false)
        from window in MaybeWindow()
        from sign in Gen.Elements(Signs)
        from age in Gen.Choose(0, 90)
        select (Rule)new SinceRule(selection, first, first ? null : window, sign, age);

    private static Gen<Rule> Distinct() =>
        from selection in Selections()
        from field in Gen.Elements("category", "quantity")
        from window in MaybePanes()
        from sign in Gen.Elements(Signs)
        from constant in Gen.Choose(0, 4)
        select (Rule)new DistinctRule(selection, field, window, sign, constant);

    private static Gen<Rule> Kept() =>
        from selection in Selections()
        from first in Gen.Elements(true, false)
        from window in MaybeWindow()
        from sign in Gen.Elements(Signs)
        from number in Gen.Elements(null, (int?)0, 2)
        from category in Gen.Elements("shoes", "hats")
        select (Rule)new KeptRule(selection, first, first ? null : window, sign, number, category);

    private static Gen<(long, long)?> MaybePanes() => Gen.Frequency(
        (1, Gen.Constant(((long, long)?)null)), (3, Gen.Elements(Windows).Select(window => ((long, long)?)window)));

    private static Gen<ValueRule> Values() =>
        from function in Gen.Elements("count", "sum", "avg", "min", "max")
        from selection in Selections()
        from field in Gen.Elements("quantity", "total")
        from window in MaybePanes()
        from sign in Gen.Elements(Signs)
        from constant in Gen.Choose(-2, 8)
        select new ValueRule(function, selection, function == "count" ? null : field, window, sign, constant);

    private static Gen<Rule> TwoValues() =>
        from left in Values()
        from right in Values()
        let field = left.Function == "count" || right.Function == "count" ? "quantity" : right.Field
        select (Rule)(left with
        {
            Field = left.Field is null ? null : field,
            Other = right with { Field = right.Field is null ? null : field, Sign = ">=", Constant = 0 },
        });
}
