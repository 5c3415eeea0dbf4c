using StreamSegmenter.Runtime.Configuration.Sections;

namespace StreamSegmenter.Tests.Configuration;

public sealed class ConfigurationErrorTests : IDisposable
{
    private readonly ConfigurationText _text = new();

    public void Dispose() => _text.Dispose();

    [Fact]
    public void All_errors_of_a_file_are_reported_at_once_each_with_its_place_and_remedy()
    {
        var loaded = _text.Load(File.ReadAllText(RepositoryFiles.Beside("broken.yaml")));

        Assert.True(loaded.Errors.Count >= 30, $"only {loaded.Errors.Count} errors");
        Assert.All(loaded.Errors, e => Assert.True(e is { Line: > 0, Column: > 0 }, e.ToString()));
        RepositoryFiles.AssertGolden(RepositoryFiles.Beside("broken.errors.txt"), _text.Show(loaded) + "\n");
    }

    [Theory]
    [InlineData("inputs:\n\t- topic: x", "c.yaml:2:1: not valid YAML: indentation must be blanks, found a tab")]
    [InlineData("inputs: [topic: x", "the list that '[' opens is not closed by ']'")]
    [InlineData("inputs:\n  - topic: \"x", "a quotation mark is opened and never closed")]
    [InlineData("inputs:\n  - topic: a: b", "a second ': ' in one line")]
    [InlineData("inputs:\n  - topic: a\n   file: b", "c.yaml:3:")]
    [InlineData("inputs:\n  - file: -\n", "c.yaml:2:11: not valid YAML: a '-' here begins a list; put the value in quotation marks")]
    [InlineData("- a\n- b", "c.yaml:1:1: a configuration is a map of keys such as 'inputs:', found a list")]
    [InlineData("", "c.yaml:1:1: a configuration is a map of keys such as 'inputs:', found an empty file")]
    [InlineData("# nothing but words", "found an empty file")]
    [InlineData("inputs:\n  - *nowhere", "c.yaml:2:5: unknown anchor '*nowhere'")]
    [InlineData("inputs:\n  - topic: a\n---\nb: c", "c.yaml:3:1: a configuration is one YAML document")]
    [InlineData("inputs: *a", "unknown anchor '*a'")]
    [InlineData("inputs: &a [*a]", "unknown anchor '*a'")]
    [InlineData("inputs:\n  - {topic: a, [b]: c}", "a key is a text, found a list")]
    [InlineData("inputs: []", "'inputs' expects 1 to 10000 entries, found 0")]
    [InlineData("grace: 1m", "c.yaml:1:1: 'inputs' is missing in the configuration")]
    public void A_file_that_is_no_YAML_or_no_configuration_is_refused_in_words(string yaml, string expected) =>
        Assert.Contains(expected, _text.Errors(yaml), StringComparison.Ordinal);

    [Fact]
    public void A_nesting_without_end_is_refused() =>
        Assert.Contains("nested deeper than 32 levels", _text.Errors(new string('[', 100)), StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_not_there_is_named() =>
        Assert.Equal(
            "no/such.yaml: there is no such file",
            Assert.Single(Runtime.Configuration.ConfigurationLoader
                .Load("no/such.yaml", [], ConfigurationUse.Check, _ => null).Errors).ToString());

    [Fact]
    public void Replay_wants_a_file_that_exists_for_every_input()
    {
        var errors = _text.Show(_text.Load("inputs:\n  - topic: a\n  - file: gone.csv\n", use: ConfigurationUse.Replay));

        Assert.Contains("c.yaml:2:5: replay reads files: give this input a 'file', or --set inputs[0].file=PATH", errors, StringComparison.Ordinal);
        Assert.Contains("c.yaml:3:11: there is no file 'gone.csv'", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void Run_wants_a_topic_for_every_input_and_a_cluster()
    {
        var errors = _text.Show(_text.Load("inputs:\n  - file: a.csv\n", use: ConfigurationUse.Run));

        Assert.Contains("c.yaml:2:5: run reads topics", errors, StringComparison.Ordinal);
        Assert.Contains("c.yaml:1:1: there is no section 'kafka' with 'brokers'", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_topic_that_is_input_and_output_is_refused() =>
        Assert.Contains(
            "c.yaml:2:12: the topic 'dead-letters' is an output too",
            _text.Errors("inputs:\n  - topic: dead-letters\n"), StringComparison.Ordinal);

    [Fact]
    public void An_event_type_of_ones_own_may_look_like_a_known_one_once_it_is_declared()
    {
        const string Rule = "cartAbandonment:\n  - {id: a, after: 1h, rearmOn: [product_view]}\n";

        Assert.Contains("Did you mean 'product_viewed'?", _text.Errors(ConfigurationText.Minimal + Rule), StringComparison.Ordinal);
        _text.Good("inputs:\n  - topic: a\n    mapping: {eventTypes: {product_view: product_view}}\n" + Rule);
    }

    [Fact]
    public void A_mistake_inside_a_condition_has_its_own_place()
    {
        var errors = _text.Errors(ConfigurationText.Minimal + """
            segments:
              - id: a
                when: count(order_completd, 90d) >= 3
              - id: b
                when: >-
                  did(identify)
                  and in_segment(aa)
              - id: c
                when: "did(product_viewed, 3x)"
            """);

        Assert.StartsWith("c.yaml:5:17: unknown event 'order_completd'. Did you mean 'order_completed'?", errors, StringComparison.Ordinal);
        Assert.Contains("\nc.yaml:9:22: ", errors, StringComparison.Ordinal);
        Assert.Contains("\nc.yaml:11:32: ", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_segment_that_has_errors_itself_is_not_unknown_to_others() =>
        Assert.Equal(
            "c.yaml:6:10: 'when' has no value; it expects a condition such as count(order_completed, 90d) >= 3",
            _text.Errors(ConfigurationText.Minimal + "segments:\n  - {id: a, when: in_segment(b)}\n  - id: b\n    when:\n"));

    [Fact]
    public void Steps_that_are_all_wrong_are_one_error_each() =>
        Assert.Equal(
            2,
            _text.Errors(ConfigurationText.Minimal + "cartAbandonment:\n  - {id: a, steps: [soon, later]}\n").Split('\n').Length);
}
