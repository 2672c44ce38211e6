// Posts the only form of the page at once: the person has already said that they want to leave.
document.querySelector("form").submit();
