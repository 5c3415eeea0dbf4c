using System.Reflection;
using System.Runtime.CompilerServices;

namespace StreamSegmenter.Tests.Architecture;

/// <summary>A class is sealed, static or abstract, unless something of ours derives from it.</summary>
public sealed class SealedTests
{
    private static readonly string[] Assemblies =
        ["StreamSegmenter", "StreamSegmenter.Engine", "StreamSegmenter.Connectors", "StreamSegmenter.Runtime", "StreamSegmenter.Host"];

    [Fact]
    public void Every_class_is_sealed_until_something_derives_from_it() =>
        Rule.Holds(Open([.. Assemblies.SelectMany(name => Assembly.Load(name).GetTypes())]));

    [Fact]
    public void An_open_class_without_heirs_is_found()
    {
        Assert.Equal([$"{typeof(Childless)} is neither sealed nor a base class"], Open([typeof(Childless), typeof(Parent), typeof(Child)]));
    }

    private static IEnumerable<string> Open(Type[] types)
    {
        HashSet<Type> bases = [.. types.Select(type => type.BaseType).OfType<Type>().Select(Definition)];
        return from type in types
               where type.IsClass && !type.IsSealed && !type.IsAbstract && !IsGenerated(type) && !bases.Contains(Definition(type))
               select $"{type} is neither sealed nor a base class";
    }

    // Top-level statements and source generators bring classes that nobody here can seal.
    private static bool IsGenerated(Type type) =>
        type.Name == "Program" || type.Name.Contains('<', StringComparison.Ordinal)
        || type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false)
        || type.IsDefined(typeof(System.CodeDom.Compiler.GeneratedCodeAttribute), inherit: false)
        || (type.DeclaringType is { } outer && IsGenerated(outer));

    private static Type Definition(Type type) => type.IsGenericType ? type.GetGenericTypeDefinition() : type;

#pragma warning disable CA1852 // These classes are open on purpose: the rule above is tried on them.
    private class Childless;

    private class Parent;

    private sealed class Child : Parent;
#pragma warning restore CA1852
}
