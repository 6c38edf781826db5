using Recurrent.Layers;

namespace Recurrent.Formats;

/// <summary>A value of a model in the making, to which functions are applied feature by feature.</summary>
/// <typeparam name="T">The type itself.</typeparam>
internal interface IElementwise<T>
    where T : IElementwise<T>
{
    /// <summary>The same value, from which other layers go on.</summary>
    /// <param name="name">What those layers are called.</param>
    T Begin(string name);

    /// <summary>A function of the value.</summary>
    T Then(Activation activation);

    /// <summary>The product with another value.</summary>
    T Times(T other);
}
