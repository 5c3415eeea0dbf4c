using System.Text.Json.Nodes;
using StreamSegmenter.Runtime.Configuration.Nodes;

namespace StreamSegmenter.Runtime.Configuration.Shapes;

/// <summary>What a value of the configuration must look like. The one description of it: the checks, the defaults and
/// <c>schemas/config.schema.json</c> all come from here.</summary>
internal abstract class Shape
{
    /// <summary>What is expected, in words that follow "expects": "a duration such as 30m".</summary>
    public abstract string Expectation { get; }

    /// <summary>Adds everything that is wrong with the value of <paramref name="name"/>.</summary>
    public abstract void Check(ConfigurationNode node, string name, Problems problems);

    /// <summary>The same as a fragment of a JSON schema.</summary>
    public abstract JsonObject ToSchema();

    protected void Refuse(ConfigurationNode node, string name, Problems problems)
    {
        var remedy = node is ScalarNode { IsNull: true } ? "has no value; it expects" : "expects";
        var found = node is ScalarNode { IsNull: true } ? "" : $", found {node.Found}";
        problems.Add(node.Place, $"'{name}' {remedy} {Expectation}{found}");
    }
}

/// <summary>A value written as one text: a number, a duration, a name.</summary>
internal abstract class ScalarShape : Shape
{
    public const string ReferencePattern = @"\$\{.+\}";

    public sealed override void Check(ConfigurationNode node, string name, Problems problems)
    {
        if (node is not ScalarNode { IsNull: false } scalar)
        {
            Refuse(node, name, problems);
        }
        else
        {
            CheckText(scalar, name, Expectation, problems);
        }
    }

    /// <summary>Checks a text; <paramref name="expectation"/> replaces this shape's own in a message.</summary>
    public void CheckText(ScalarNode scalar, string name, string expectation, Problems problems)
    {
        if (!scalar.IsFaulty && Complaint(scalar.Text) is { } complaint)
        {
            // Shows the text as written: the value of a reference may be secret.
            problems.Add(scalar.Place, $"'{name}' expects {expectation}, found {scalar.Found}{complaint}");
        }
    }

    /// <summary>Null when the text is valid; else what a message adds behind "expects …, found …": a hint, or nothing.</summary>
    protected abstract string? Complaint(string text);
}
