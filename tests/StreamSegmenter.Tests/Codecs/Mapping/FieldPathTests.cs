using StreamSegmenter.Connectors.Codecs.Mapping;

namespace StreamSegmenter.Tests.Codecs.Mapping;

public sealed class FieldPathTests
{
    private const string Event = """
        {"event_type":"x","event_time":1,"customer_id":"c","$insert_id":"i","a.b":{"c d":"dots"},"größe":"42",
         "list":[{"key":"plan","value":"gold"},{"key":"n","value":{"int_value":"17"}}],"tags":["red","blue"],
         "lines":[{"id":"first"},{"id":"second","deep":[{"v":1},{"v":2}]}]}
        """;

    [Theory]
    [InlineData("$insert_id", "i")]
    [InlineData("\"a.b\".c d", "dots")]
    [InlineData("\"a.b\".\"c d\"", "dots")]
    [InlineData("größe", "42")]
    [InlineData("lines[0].id", "first")]
    [InlineData("lines[1].id", "second")]
    [InlineData("lines[1].deep[1].v", "2")]
    [InlineData("lines[id=second].deep[0].v", "1")]
    [InlineData("list[key=plan].value", "gold")]
    [InlineData("list[key=n].value.int_value", "17")]
    [InlineData("list.plan", "gold")]
    [InlineData("list.n", "17")]
    [InlineData("tags[1]", "blue")]
    [InlineData("=web", "web")]
    [InlineData("=there if list", "there")]
    [InlineData("größe if tags", "42")]
    [InlineData("größe if \"a.b\"", "42")]
    [InlineData("=small if größe=42", "small")]
    public void A_path_reaches_its_value(string source, string expected)
    {
        var decoded = Decoded.Json(Event, Decoded.Map(("session_id", source)));

        Assert.Equal(expected, decoded.Text(e => e.SessionId));
        Assert.Null(decoded.Outcome.Reason);
    }

    [Theory]
    [InlineData("lines[2].id")]
    [InlineData("list[key=none].value")]
    [InlineData("größe if none")]
    [InlineData("größe if größe!=42")]
    [InlineData("größe if not list")]
    public void A_path_that_leads_nowhere_in_this_record_is_absent(string source) =>
        Assert.Equal("", Decoded.Json(Event, Decoded.Map(("session_id", source))).Text(e => e.SessionId));

    [Theory]
    [InlineData("a..b", "has an empty name")]
    [InlineData("a.", "has an empty name")]
    [InlineData("\"a", "lacks its closing quote")]
    [InlineData("\"a\"b", "goes on behind a closing quote")]
    [InlineData("a[", "lacks its closing bracket")]
    [InlineData("a[0", "lacks its closing bracket")]
    [InlineData("a[-1]", "selects no element")]
    [InlineData("a[*].b", "selects no element")]
    [InlineData("a[key=]", "selects no element")]
    [InlineData("a if", "")]
    [InlineData("a if =x", "looks at no value")]
    public void A_path_that_cannot_work_is_an_error(string source, string problem)
    {
        var errors = Decoded.Map(("session_id", source)).Check(RecordShape.Tree);

        Assert.Equal(problem.Length > 0, errors.Count == 1);
        Assert.All(errors, error => Assert.Contains(problem, error.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_field_whose_path_goes_through_a_list_is_reported_with_what_to_write() =>
        Assert.StartsWith(
            "session_id is an object or a list here; name a value inside it",
            Decoded.Json(Event, Decoded.Map(("session_id", "lines.id"))).Outcome.Reason, StringComparison.Ordinal);

    [Fact]
    public void The_first_source_that_has_a_value_gives_it()
    {
        var mapping = new InputMapping
        {
            Fields = InputMapping.Default.Fields
                .Add("customer_id", new FieldMapping(["user_id", "email"]) { Lower = true, Missing = ["0"] }),
        };

        Assert.Equal("ann@x.org", Decoded.Json("""{"event_type":"x","event_time":1,"user_id":"0","email":" Ann@X.org "}""", mapping).Text(e => e.CustomerId));
        Assert.Equal("7", Decoded.Json("""{"event_type":"x","event_time":1,"email":"Ann@X.org","user_id":7}""", mapping).Text(e => e.CustomerId));
    }

    [Theory]
    [InlineData("undefined")]
    [InlineData("NULL")]
    [InlineData("  ")]
    [InlineData("\\u00a0")]
    [InlineData("[object Object]")]
    public void A_placeholder_is_nobodys_id(string id) => Assert.Equal(
        "a", Decoded.Json($$"""{"event_type":"x","event_time":1,"customer_id":"{{id}}","anonymous_id":" a "}""").Text(e => e.CustomerKey));

    [Fact]
    public void The_elements_of_a_list_are_values_of_one_property() =>
        Assert.Contains("tags=text:red tags=text:blue", Decoded.Json(Event).Properties(), StringComparison.Ordinal);
}
