namespace StreamSegmenter.Tests.Segments;

/// <summary>Every error says where, what was found, and the nearest remedy. The definition begins at line 10, column 11.</summary>
public sealed class DefinitionErrorTests
{
    [Theory]
    [InlineData("count(order_complete) >= 3", "10:17: unknown event 'order_complete'. Did you mean 'order_completed'?")]
    [InlineData("cuont(order_completed) >= 3", "10:11: unknown function 'cuont'. Did you mean 'count'?")]
    [InlineData("in_segment(vpi)", "10:22: unknown segment 'vpi'.")]
    [InlineData("did(product_viewed where categroy = 'a')", "10:36: unknown field 'categroy'. Did you mean 'category'? "
        + "A property of that name is written properties.categroy")]
    [InlineData("did(product_viewed where event_type = 'order_complete')",
        "10:49: unknown event 'order_complete'. Did you mean 'order_completed'?")]
    public void A_mistyped_name_is_answered_with_the_nearest(string when, string error) => AssertError(when, error);

    [Theory]
    [InlineData("", "10:11: segment 's' has no expression; write one like did(order_completed, 30d)")]
    [InlineData("did(order_completed", "10:30: found the end where ')' was expected")]
    [InlineData("did(order_completed) did(page_viewed)", "10:32: found 'did' where 'and', 'or' or the end was expected")]
    [InlineData("count(order_completed) == 3", "10:34: equality is one '='")]
    [InlineData("1 < count(order_completed) < 3",
        "10:38: comparisons cannot be chained; join two with 'and', or write 'x between 1 and 3'")]
    [InlineData("count(order_completed) in 3", "10:37: found '3' where '(' and the values: in ('shoes', 'boots') was expected")]
    [InlineData("count(order_completed) between 1 or 3", "10:44: found 'or' where 'and' was expected: between 1 and 3")]
    [InlineData("count(order_completed) not 3", "10:38: found '3' where 'in' or 'between' was expected")]
    [InlineData("did(product_viewed where category = \"a\")", "10:47: texts stand in single quotes: 'shoes'")]
    [InlineData("did(product_viewed where category = 'a)", "10:47: the text that begins here has no closing quote")]
    [InlineData("did(order_completed, 30)",
        "10:32: '30' has no unit; write a whole number and a unit: 250ms, 90s, 30m, 2h, 7d or 4w")]
    [InlineData("did(order_completed, 30x)",
        "10:32: '30x' is not a duration; write a whole number and a unit: 250ms, 90s, 30m, 2h, 7d or 4w")]
    [InlineData("did(order_completed) & did(page_viewed)", "10:32: unexpected character '&'")]
    public void A_slip_of_the_pen_is_found_where_it_is(string when, string error) => AssertError(when, error);

    [Theory]
    [InlineData("count(order_completed)", "10:11: count(…) is a value; compare it, such as count(…) >= 3")]
    [InlineData("since_last(order_completed)", "10:11: since_last(…) is a value; compare it, such as since_last(…) > 30d")]
    [InlineData("did(order_completed) = true",
        "10:11: did(…) is true or false by itself; write 'did(…)' or 'not did(…)'")]
    [InlineData("order_completed", "10:11: 'order_completed' is an event; write did(order_completed) "
        + "or count(order_completed, 30d) >= 1")]
    [InlineData("s", "10:11: 's' is a segment; write in_segment(s)")]
    [InlineData("3 > 2", "10:11: 3 cannot be compared; compare a value such as count(…)")]
    [InlineData("count(order_completed) >= 30d", "10:37: count(order_completed) is a number, found 30d")]
    [InlineData("count(order_completed) >= 2.5",
        "10:37: count(order_completed) is a whole number, 2.5 is not one or is too large")]
    [InlineData("since_last(order_completed) > 30", "10:41: since_last(order_completed) is a duration; "
        + "write a whole number and a unit: 250ms, 90s, 30m, 2h, 7d or 4w")]
    [InlineData("sum(order_completed.total) >= 0.125", "10:41: 0.125 has more digits than EUR has (2), or is too large")]
    [InlineData("sum(order_completed) > 1", "10:11: sum needs a field: sum(order_completed.total)")]
    [InlineData("count(order_completed.total) > 1",
        "10:33: count looks at whole events and takes no field: count(order_completed)")]
    [InlineData("sum(order_completed.category) > 1",
        "10:31: 'category' is a text; sum needs a number: price, total, quantity or a property")]
    [InlineData("count(page_viewed) > sum(order_completed.total)",
        "10:30: count(page_viewed) and sum(order_completed.total) cannot be compared: a number and an amount of money")]
    [InlineData("did(page_viewed where quantity = 'a')", "10:44: 'quantity' is a number, found the text 'a'")]
    [InlineData("did(page_viewed where category = 3)", "10:44: 'category' is compared with a text, found 3")]
    [InlineData("did(page_viewed where currency = 'euro')", "10:44: 'euro' is not a currency; write three letters such as 'EUR'")]
    [InlineData("did(page_viewed where event_type > 'identify')",
        "10:33: 'event_type' has no order; compare it with '=', '!=' or 'in'")]
    [InlineData("did(page_viewed where did(page_viewed))",
        "10:33: 'where' looks at one event; aggregates and segments stand outside its parentheses")]
    [InlineData("last(identify.country) > 30d", "10:36: last(identify.properties.country) is a number, found 30d")]
    [InlineData("last(product_viewed.category) = 3", "10:43: last(product_viewed.category) is a text, found 3")]
    [InlineData("last(product_viewed.price) contains 'a'",
        "10:47: last(product_viewed.price) is an amount of money and has no text to look at")]
    [InlineData("last(any.event_type) = 'a'",
        "10:20: last cannot keep 'event_type'; it keeps numbers, other texts and properties")]
    [InlineData("count(page_viewed) contains 'a'", "10:30: 'contains' looks at texts: last(page_viewed.url) contains '/sale', "
        + "or behind 'where': did(page_viewed where url contains '/sale')")]
    [InlineData("exists(coupon)", "10:11: exists(…) looks at one event; write it behind 'where': "
        + "did(order_completed where exists(coupon)), or at the profile: exists(profile.email)")]
    [InlineData("distinct(product_viewed.product_id, this_month) > 1000", "10:61: distinct over a period of the calendar counts up to 1000; "
        + "compare it with less, or take a window such as 30d")]
    [InlineData("distinct(product_viewed) > 3",
        "10:11: distinct needs a field: distinct(product_viewed.product_id)")]
    public void A_comparison_that_makes_no_sense_is_refused(string when, string error) => AssertError(when, error);

    [Theory]
    [InlineData("count(page_viewed, 7d, pane: 5h) > 1", "10:40: a pane of 5h does not cut a window of 7d into 1 to 50000 "
        + "equal parts. The nearest that does is 6h")]
    [InlineData("count(page_viewed, pane: 1h) > 1", "10:36: a pane cuts a window; write the window before it: 7d, pane: 1h")]
    [InlineData("did(page_viewed, 7d, pane: 1h)", "10:38: did is exact and takes no pane")]
    [InlineData("count(page_viewed, 0s) > 1", "10:30: a window is longer than 0")]
    [InlineData("first(page_viewed.url, 7d) = 'a'",
        "10:34: first looks at the customer's whole history and takes no window")]
    [InlineData("since_first(page_viewed, 7d) > 1d",
        "10:36: since_first looks at the customer's whole history and takes no window")]
    public void A_window_that_cannot_be_is_refused(string when, string error) => AssertError(when, error);

    [Theory]
    [InlineData("select id from customers", "10:11: a segment is a condition, not a query: write count(order_completed, 30d) >= 3")]
    [InlineData("did(page_viewed) && did(order_completed)", "10:28: '&&' is written 'and'")]
    [InlineData("did(page_viewed) || did(order_completed)", "10:28: '||' is written 'or'")]
    [InlineData("!did(page_viewed)", "10:11: '!' is written 'not'")]
    [InlineData("did(page_viewed where url like '%/sale')",
        "10:37: 'like' is written with contains, starts_with or ends_with: ends_with '/sale'")]
    [InlineData("sum(order_completed.total) > 1,000", "10:41: a number has no separators between its digits: write 1000")]
    [InlineData("sum(order_completed.total) > €1000", "10:40: an amount is written without '€': 1000. It is in the shop's currency")]
    [InlineData("not did order_completed", "10:15: parentheses are missing: did(order_completed)")]
    [InlineData("last(identify.country) = 'DE' or 'AT'",
        "10:44: the text 'AT' is not a condition; to compare with one of several values, write in (…, 'AT')")]
    [InlineData("count(page_viewed, 7d pane: 1h) > 1", "10:33: a comma is missing before the pane: 7d, pane: 1h")]
    [InlineData("count(page_viewed, 7d, pane 1h) > 1", "10:39: found '1h' where ':' and a duration: pane: 1h was expected")]
    [InlineData("today", "10:11: 'today' is a window: did(page_viewed, today)")]
    [InlineData("country = 'DE'", "10:11: 'country' is not known here; fields of events stand behind 'where', attributes of the customer are "
        + "written profile.country")]
    [InlineData("did(page_viewed, tody)", "10:28: found 'tody' where a window such as '30d' or a pane such as 'pane: 1h' was expected, each once"
        + " Did you mean 'today'?")]
    [InlineData("last(page_viewed.url, today) = 'a'", "10:33: last takes a length of time such as 1d; count(…), sum(…), did(…) and first_time(…) take today")]
    [InlineData("count(page_viewed, today, pane: 1h) > 1", "10:43: a period of the calendar is cut into days and takes no pane")]
    [InlineData("did(page_viewed, date '2026-11-30' … date '2026-11-27')", "10:53: the range of dates ends before it begins")]
    [InlineData("did(page_viewed, date '30.11.2026')", "10:33: found '30.11.2026' where a day was expected: date '2026-11-27'")]
    [InlineData("hour > 24", "10:18: 'hour' is a whole number from 0 to 23, found 24")]
    [InlineData("weekday = 'caturday'", "10:21: 'weekday' is a day such as 'monday', found the text 'caturday'")]
    [InlineData("active_in 8 of 7 days", "10:11: 8 of 7 is never reached")]
    [InlineData("active_in(page_viewed, 3 of 7)", "10:40: found ')' where 'days' or 'weeks' was expected: active_in(page_viewed, 3 of 7 days)")]
    [InlineData("sequence(product_added within 2h)",
        "10:11: a sequence has a second event: product_added then order_completed within 2h")]
    [InlineData("sequence(product_added then order_completed)",
        "10:54: found ')' where 'then' or 'within' was expected: say within which time, such as within 2h")]
    [InlineData("sequence(not product_added then order_completed within 2h)", "10:11: a sequence begins with an event, not with its absence")]
    [InlineData("sequence(product_added then order_completed within 2h, same: cartid)",
        "10:72: 'cartid' cannot be shared by events; there are: cart_id, product_id, order_id, session_id. Did you mean 'cart_id'?")]
    [InlineData("did(page_viewed where url matches '(?=a)b')", "10:45: the regular expression looks around or refers back, which takes unbounded "
        + "time; write it without (?=, (?!, (?<, (?> and \\1")]
    [InlineData("sum(order_completed.total) * sum(order_completed.total) > 1",
        "10:38: sum(order_completed.total) * sum(order_completed.total): money times money is nothing")]
    [InlineData("since_last(page_viewed) + 1 > 2", "10:11: since_last(page_viewed) is a duration and cannot be calculated with")]
    [InlineData("max(order_completed.net) > 1", "10:31: 'net' is summed and averaged: sum(order_completed.net). A property of that name is "
        + "written properties.net")]
    [InlineData("sum(order_completed.net where quantity > 1) > 1",
        "10:50: 'net' takes no 'where': a refund does not say what its order was like")]
    [InlineData("anniversary(identify.birthday) within 7h", "10:49: an anniversary is near by whole days, less than a year: within 7d")]
    public void What_other_languages_write_and_what_cannot_be_is_answered_with_the_remedy(string when, string error) => AssertError(when, error);

    [Fact]
    public void Several_errors_of_one_definition_are_reported_at_once()
    {
        Assert.Equal(
            [
                "segments.yaml:10:26: equality is one '='",
                "segments.yaml:10:52: '30' has no unit; write a whole number and a unit: 250ms, 90s, 30m, 2h, 7d or 4w",
                "segments.yaml:10:59: unknown function 'cuont'. Did you mean 'count'?",
                "segments.yaml:10:86: unknown event 'order_complete'. Did you mean 'order_completed'?",
            ],
            TestDefinitions.ErrorsOf("count(any, 1d) == 3 and did(page_viewed, 30) or cuont(page_viewed) and did(order_complete)"));
    }

    [Fact]
    public void Errors_of_all_definitions_and_of_all_their_parts_are_collected()
    {
        var errors = TestDefinitions.ErrorsOf(
            [], ("a", "did(order_complete) and count(page_viewed) >= 1d"), ("b", "did("), ("a", "in_segment(c)"));
        Assert.Equal(
            [
                "segments.yaml:30:11: segment 'a' is defined twice; the first definition is at line 10",
                "segments.yaml:20:15: found the end where the name of an event was expected",
                "segments.yaml:30:22: unknown segment 'c'.",
                "segments.yaml:10:15: unknown event 'order_complete'. Did you mean 'order_completed'?",
                "segments.yaml:10:57: count(page_viewed) is a number, found 1d",
            ],
            errors);
    }

    [Fact]
    public void The_lines_of_a_block_are_counted_and_indented_like_the_first() => AssertError(
        "did(page_viewed)\n  and\n  did(order_complete)",
        "12:17: unknown event 'order_complete'. Did you mean 'order_completed'?");

    [Fact]
    public void Segments_that_refer_to_one_another_in_a_circle_are_refused()
    {
        var errors = TestDefinitions.ErrorsOf(
            [], ("x", "in_segment(a)"), ("a", "in_segment(b)"), ("b", "did(page_viewed) or in_segment(a)"));
        Assert.Equal(["segments.yaml:30:42: segments refer to one another in a circle: a → b → a"], errors);
        Assert.Equal(
            ["segments.yaml:10:22: segments refer to one another in a circle: a → a"],
            TestDefinitions.ErrorsOf([], ("a", "in_segment(a)")));
    }

    [Fact]
    public void An_unknown_event_is_accepted_when_it_is_far_from_every_known_one() =>
        Assert.Empty(TestDefinitions.ErrorsOf("did(wishlist_shared) and did('Gift Card Redeemed', 3d)"));

    [Theory]
    [InlineData("did(page_viewed where score > 3 and first_time and sequence = 'a')")]
    [InlineData("did(page_viewed where properties.in = 'a' and properties.'two words' = 3)")]
    public void Words_of_the_language_may_be_names_of_properties(string when) => Assert.Empty(TestDefinitions.ErrorsOf(when));

    [Fact]
    public void An_event_that_the_configuration_names_is_known_although_it_is_near_another()
    {
        Assert.Empty(TestDefinitions.ErrorsOf(["order_complete"], ("s", "did(order_complete)")));
        Assert.Equal(
            ["segments.yaml:10:15: unknown event 'gift_shwon'. Did you mean 'gift_shown'?"],
            TestDefinitions.ErrorsOf(["Gift Shown"], ("s", "did(gift_shwon)")));
    }

    [Fact]
    public void What_is_nested_too_deeply_or_too_long_is_refused()
    {
        var deep = new string('(', 33) + "true" + new string(')', 33);
        AssertError(deep, "10:43: nested deeper than 32; split the definition with in_segment(…)");
        Assert.Empty(TestDefinitions.ErrorsOf(deep[1..^1]));
        AssertError(
            new string(' ', 20_000),
            "10:11: the definition of 's' is longer than 16384 characters; split it with in_segment(…)");
    }

    [Fact]
    public void A_long_chain_of_and_is_not_deep()
    {
        var chain = string.Join(" and ", Enumerable.Repeat("true", 1_500));
        Assert.Empty(TestDefinitions.ErrorsOf(chain));
    }

    private static void AssertError(string when, string error) =>
        Assert.Equal(["segments.yaml:" + error], TestDefinitions.ErrorsOf(when));
}
