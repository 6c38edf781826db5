#if !NET9_0_OR_GREATER
namespace System.Runtime.CompilerServices;

/// <summary>What compilers of C# 13 and later look for by its name, and .NET has since 9.</summary>
/// <param name="priority">Overloads of the highest are taken; 0 for those that say nothing.</param>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Constructor | AttributeTargets.Property, Inherited = false)]
internal sealed class OverloadResolutionPriorityAttribute(int priority) : Attribute
{
    /// <summary>The method's priority.</summary>
    public int Priority { get; } = priority;
}
#endif
